#!/bin/bash
# test-images.sh: builds the images and tries them as compose.yaml puts them together, on a machine without a container engine: `make test-images`.
#   the base         debootstrap, from the mirrors that this machine's apt uses
#   the images       buildah with chroot isolation, from docker/Dockerfile
#   the containers   podman with runc and cgroupfs, on the host's network: tests/images/test_images.py
# Needs root. Everything, images too, is in a folder of its own under /var/tmp and gone at the end; KEEP=yes keeps it.
# A few minutes, most of them for packages.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
work=''
say() { echo "images: $*"; }
die() { echo "images: $*" >&2; exit 1; }

# ---- tools -------------------------------------------------------------------------------------------------------------------

bud() { buildah "${store[@]}" "$@"; }
pod() { podman "${engine[@]}" "$@"; }

clean()
{
	[ -n "$work" ] || return
	pod rm -af -t 5 > /dev/null 2>&1
	if [ "${KEEP:-}" = yes ]; then
		say "kept: podman ${store[*]} images"
		return
	fi
	# What is still mounted is no file of ours.
	awk -v top="$work/" 'index($2, top) == 1 { print $2 }' /proc/mounts | sort -r | while read -r place; do umount "$place"; done
	rm -rf --one-file-system "$work"
	say "wall time, cleaning up included: $SECONDS s"
}

# quiet LOG COMMAND...: the end of its output when it fails.
quiet()
{
	local log=$work/$1.log
	shift
	"$@" > "$log" 2>&1 || { tail -n 20 "$log" >&2; die "failed: $*"; }
}

# overlay where the kernel has it for root, else whole copies.
choose_driver()
{
	mkdir "$work/probe" "$work/probe/"{lower,upper,work,merged}
	local driver=vfs
	if mount -t overlay overlay -o "lowerdir=$work/probe/lower,upperdir=$work/probe/upper,workdir=$work/probe/work" "$work/probe/merged" 2> /dev/null; then
		umount "$work/probe/merged"
		driver=overlay
	fi
	rm -rf "$work/probe"
	store=(--root "$work/store" --runroot "$work/run" --storage-driver "$driver")
	engine=("${store[@]}" --tmpdir "$work/tmp" --cgroup-manager cgroupfs --runtime runc --events-backend none)
}

# ---- the base ----------------------------------------------------------------------------------------------------------------

# URL, suite and component of every source of Debian 12 that apt has here.
sources()
{
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | awk '$2 ~ /^bookworm(-|$)/ && $3 == "main"' | sort -u
}

# As slim as the published one: licences stay, other documentation and translations go. apt gets this machine's sources and its ways to reach them.
make_base()
{
	local base=$work/base mirror
	mirror=$(sources | awk '$2 == "bookworm" { print $1; exit }')
	[ -n "$mirror" ] || die "apt has no source for Debian 12 (bookworm main) on this machine"
	quiet debootstrap debootstrap --variant=minbase bookworm "$base" "$mirror"
	sources | sed 's/^/deb /' > "$base/etc/apt/sources.list"
	apt-config dump --format '%f "%v";%n' Acquire::http Acquire::https Acquire::Check-Valid-Until Acquire::Check-Date > "$base/etc/apt/apt.conf.d/90machine"
	printf 'path-exclude %s\n' '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/locale/*' '/usr/share/info/*' > "$base/etc/dpkg/dpkg.cfg.d/slim"
	echo 'path-include /usr/share/doc/*/copyright' >> "$base/etc/dpkg/dpkg.cfg.d/slim"
	find "$base/usr/share/doc" -type f ! -name copyright -delete
	rm -rf "$base"/usr/share/{man,locale,info}/* "$base"/var/lib/apt/lists/* "$base"/var/cache/apt/* "$base"/var/log/*
	tar -C "$base" -c . | pod import - guardian-base > "$work/import.log" 2>&1 || { tail -n 5 "$work/import.log" >&2; die "the base is no image"; }
	rm -rf "$base"
}

# ---- the images --------------------------------------------------------------------------------------------------------------

# How npm reaches its registry from here: secrets of the build, which stay in no image.
build_images()
{
	local target ca secrets=()
	echo "registry=$(npm config get registry 2> /dev/null)" > "$work/npmrc"
	ca=$(npm config get cafile 2> /dev/null)
	if [ -f "$ca" ]; then
		echo "cafile=/run/secrets/ca.crt" >> "$work/npmrc"
		secrets=(--secret "id=ca,src=$ca")
	fi
	for target in worker web database; do
		quiet "build-$target" bud bud --isolation chroot --format docker --layers --build-arg BASE=localhost/guardian-base --secret "id=npmrc,src=$work/npmrc" \
			"${secrets[@]}" --target "$target" --tag "guardian-$target" -f docker/Dockerfile .
	done
}

sizes()
{
	local name
	for name in base worker web database; do
		pod image inspect --format '{{.Size}}' "guardian-$name" | awk -v name="$name" '{ printf "images: %-9s %6.1f MiB\n", name, $1 / 1048576 }'
	done
}

# ------------------------------------------------------------------------------------------------------------------------------

[ "$(id -u)" -eq 0 ] || die "this needs root: it mounts, changes roots and starts containers"
docker/install-packages.sh image || exit 1
PATH=$PATH:/usr/sbin:/sbin
umask 022
work=$(mktemp -d /var/tmp/guardian-images.XXXXXX) || die "no temporary folder can be made under /var/tmp"
chmod 755 "$work"
export TMPDIR=$work
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
choose_driver
say "storage: ${store[-1]}"
make_base
say "the base is made: $SECONDS s"
build_images
say "the images are built: $SECONDS s"
sizes
PODMAN="podman ${engine[*]}" /usr/bin/python3 tests/images/test_images.py
