#!/bin/bash
# install-packages.sh PURPOSE...: install what docker/packages names for these purposes and this machine lacks. As root, or by sudo.
# nodejs and npm count as there when the programs are: they may come from elsewhere than Debian, whose packages would clash.
set -euo pipefail
cd "$(dirname "$0")"
die() { echo "install-packages: $*" >&2; exit 1; }
command -v dpkg-query > /dev/null || die "this is no Debian: what docker/packages names for $* has to be installed by hand"

missing=()
while read -r purpose package; do
	[[ " $* " == *" $purpose "* ]] || continue
	case $package in nodejs) command -v node > /dev/null && continue ;; npm) command -v npm > /dev/null && continue ;; esac
	dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'install ok installed' || missing+=("$package")
done < <(grep -v '^#' packages)
[ ${#missing[@]} -gt 0 ] || exit 0

# give_up WHY
give_up() { die "these packages are missing and $1: ${missing[*]}; as root: apt-get install ${missing[*]}"; }

root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo > /dev/null || give_up "there is no sudo here to install them with"
	# It asks for the password on the terminal, if there is one.
	sudo -n true 2> /dev/null || sudo -v 2> /dev/null || give_up "sudo does not let $(id -un) install them"
	root=(sudo)
fi
# Right after its start a machine may be busy with updates of its own.
apt=(env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq -o DPkg::Lock::Timeout=300)
echo "installing ${missing[*]}"
log=$(mktemp) || die "no temporary file can be made in ${TMPDIR:-/tmp}"
trap 'rm -f "$log"' EXIT
if ! { "${root[@]}" "${apt[@]}" update && "${root[@]}" "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } > "$log" 2>&1; then
	grep '^E: ' "$log" >&2 || tail -n 5 "$log" >&2
	give_up "apt-get could not install them"
fi
