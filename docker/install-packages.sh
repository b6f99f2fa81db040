#!/bin/bash
# install-packages.sh PURPOSE...: install what docker/packages names for these purposes and this machine lacks. As root, or by sudo.
# nodejs and npm count as there when the programs are: they may come from elsewhere than Debian, whose packages would clash.
set -euo pipefail
cd "$(dirname "$0")"
die() { echo "install-packages: $*" >&2; exit 1; }

missing=()
while read -r purpose package; do
	[[ " $* " == *" $purpose "* ]] || continue
	case $package in nodejs) command -v node > /dev/null && continue ;; npm) command -v npm > /dev/null && continue ;; esac
	dpkg-query -W -f='${Status}' "$package" 2> /dev/null | grep -q 'install ok installed' || missing+=("$package")
done < <(grep -v '^#' packages)
[ ${#missing[@]} -gt 0 ] || exit 0

root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo > /dev/null || die "these packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
	root=(sudo)
fi
echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}"; } > "$log" 2>&1; then
	tail -n 5 "$log" >&2
	die "these packages could not be installed: ${missing[*]}"
fi
