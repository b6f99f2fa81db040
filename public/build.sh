#!/bin/bash
# build.sh OUT: lay out what nginx serves, and the templates that name it.
#   OUT/assets/                         packages from npm, by the lock file
#   OUT/public/static/vendor/NAME-VERSION/  what of them the pages use
#   OUT/public/static/HASH/             our css, js and images; the hash is of their content, so both may be cached for ever
#   OUT/public/static/current           a link to it, for templates that were not built
#   OUT/public/openapi.json             what the API is
#   OUT/templates/                      the templates with HASH in the place of "current"
# Beside each text file is one with .gz, which nginx sends as it is. Pages that are open keep working: older HASH folders stay until
# `make clean`.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: $0 OUT" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
cd "$(dirname "$0")"
packages=$out/assets static=$out/public/static
die() { echo "assets: $*" >&2; exit 1; }

# What the lock file names is installed once; npm checks each package against its integrity hash.
install_packages()
{
	mkdir -p "$packages"
	cmp -s package-lock.json "$packages/installed.json" && return
	command -v npm > /dev/null || die "npm is not installed (apt-get install npm)"
	cp package.json package-lock.json "$packages"
	(cd "$packages" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error > npm.log 2>&1) ||
		{ cat "$packages/npm.log" >&2; die "npm could not install the packages of public/package-lock.json"; }
	cp package-lock.json "$packages/installed.json"
}

version() { sed -n 's/^[[:space:]]*"version": "\(.*\)",\{0,1\}$/\1/p' "$packages/node_modules/$1/package.json" | head -n 1; }

# vendor PACKAGE FILE...: with the licence, without the lines that name source maps, which are not served.
vendor()
{
	local name=$1 from=$packages/node_modules/$1 to
	shift
	to=$static/vendor/$name-$(version "$name")
	[ -d "$to" ] && return
	mkdir -p "$work/$name"
	for f in "$@"; do
		sed '/sourceMappingURL=/d' "$from/$f" > "$work/$name/${f##*/}"
	done
	cp "$from"/LICENSE* "$work/$name"
	compress "$work/$name"
	mkdir -p "$static/vendor"
	mv "$work/$name" "$to"
}

# One file with the icons that templates and scripts name.
icons()
{
	local name file
	echo '<svg xmlns="http://www.w3.org/2000/svg">'
	echo "<!-- Bootstrap Icons $(version bootstrap-icons), MIT, $(grep Copyright "$packages/node_modules/bootstrap-icons/LICENSE") -->"
	grep -rhoE 'icons\.svg#[a-z0-9-]+' ../templates js | sed 's/.*#//' | sort -u | while read -r name; do
		file=$packages/node_modules/bootstrap-icons/icons/$name.svg
		[ -f "$file" ] || die "there is no icon $name"
		echo "<symbol id=\"$name\" viewBox=\"0 0 16 16\" fill=\"currentColor\">"
		sed '1d;$d' "$file"
		echo '</symbol>'
	done
	echo '</svg>'
}

compress() { find "$1" -type f -exec gzip -9nkf {} +; }

install_packages
mkdir -p "$static"
work=$(mktemp -d "$static/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT
umask 022
vendor bootstrap dist/css/bootstrap.min.css

mkdir "$work/own"
cp -R js images "$work/own"
mkdir "$work/own/css"
# One file, app.css first: pages are many, requests few.
{ cat css/app.css && find css -name '*.css' ! -name app.css -print0 | LC_ALL=C sort -z | xargs -0r cat; } > "$work/own/css/app.css"
icons > "$work/own/images/icons.svg"
hash=$(cd "$work/own" && find . -type f | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c 1-16)
compress "$work/own"
chmod -R u=rwX,go=rX "$work/own"
[ -d "$static/$hash" ] || mv "$work/own" "$static/$hash"
ln -sfn "$hash" "$static/current.new"
mv -T "$static/current.new" "$static/current"

# Only where it differs: its time is a part of what caches ask for.
if ! cmp -s openapi.json "$out/public/openapi.json"; then
	cp openapi.json "$work/openapi.json"
	gzip -9nkf "$work/openapi.json"
	chmod 644 "$work"/openapi.json*
	mv "$work"/openapi.json* "$out/public"
fi

mkdir -p "$out/templates"
for f in ../templates/*.tpl; do
	sed "s|/static/current/|/static/$hash/|g" "$f" > "$out/templates/.new"
	mv "$out/templates/.new" "$out/templates/${f##*/}"
done
for f in "$out/templates"/*.tpl; do
	[ -f "../templates/${f##*/}" ] || rm "$f"
done

# Whatever a page or a script names is there.
missing=$(grep -rhoE '/static/[A-Za-z0-9./_-]+' "$out/templates" "$static/$hash" --include='*.tpl' --include='*.js' --include='*.css' |
	sort -u | while read -r path; do [[ $path == */ ]] || [ -f "$out/public$path" ] || echo "$path"; done)
[ -z "$missing" ] || die "named, but not there: $missing"
