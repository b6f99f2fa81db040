#!/bin/bash
# pack.sh OUT: the file system of the worker image: guardiand, templates, the model, and of the system only what guardiand loads, as ldd
# tells. For each Debian package that a file comes from its licence and its entry of dpkg's database are there too, in the form that
# scanners for vulnerabilities read.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
cd "$(dirname "$0")/.."
out=$1
die() { echo "pack: $*" >&2; exit 1; }

# libmariadb loads these by itself, when a server asks for another way to log in than by password.
plugins=("/usr/lib/$(gcc -print-multiarch)"/libmariadb3/plugin/*.so)
[ -f "${plugins[0]}" ] || die "libmariadb has no plugins where they are expected: ${plugins[0]}"

# What ldd prints: "name => path (address)", "path (address)", and the kernel's own, without a path.
libraries()
{
	local said
	said=$(ldd "$@")
	! grep 'not found' <<< "$said" >&2 || die "a library is missing"
	awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-/ { print $1 }' <<< "$said" | sort -u
}

take()
{
	local path
	for path in "$@"; do
		install -D -m 755 "$path" "$out$path"
	done
}

# The packages that own these files: dpkg knows some by their path before /lib became a link, some by the one after.
owners()
{
	local path
	for path in "$@"; do
		dpkg-query -S "$path" 2> /dev/null || dpkg-query -S "$(realpath "$path")" 2> /dev/null || dpkg-query -S "/usr$path" 2> /dev/null ||
			dpkg-query -S "${path#/usr}" 2> /dev/null || die "no package owns $path"
	done | sed 's/: .*//' | sort -u
}

install -D -m 755 build/guardiand "$out/usr/bin/guardiand"
strip "$out/usr/bin/guardiand"
list=$(libraries build/guardiand "${plugins[@]}")
mapfile -t files <<< "$list"
files+=("${plugins[@]}")
take "${files[@]}"

list=$(owners "${files[@]}" /usr/sbin/update-ca-certificates /usr/share/ieee-data/oui.csv)
mkdir -p "$out/var/lib/dpkg/status.d"
while read -r package; do
	install -D -m 644 "/usr/share/doc/${package%:*}/copyright" "$out/usr/share/doc/${package%:*}/copyright"
	dpkg-query -s "$package" > "$out/var/lib/dpkg/status.d/${package%:*}"
done <<< "$list"

install -d "$out/guardian" "$out/etc"
cp -r build/templates models "$out/guardian"
install -D -m 644 LICENSE "$out/usr/share/doc/guardian/copyright"
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$out/etc/ssl/certs/ca-certificates.crt"
for registry in oui mam oui36 iab; do
	install -D -m 644 "/usr/share/ieee-data/$registry.csv" "$out/usr/share/ieee-data/$registry.csv"
done
grep -E '^(root|www-data):' /etc/passwd > "$out/etc/passwd"
grep -E '^(root|www-data):' /etc/group > "$out/etc/group"
echo 'hosts: files dns' > "$out/etc/nsswitch.conf"
install -d -m 1777 "$out/tmp" "$out/var/tmp"
# A volume that is new takes the owner of the folder below it.
install -d -o www-data -g www-data -m 700 "$out/var/lib/guardian/models"
