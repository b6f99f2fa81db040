#!/bin/bash
# run.sh: what `make run` does after building: a private MariaDB (unless DATABASE_URL names one), migrations, the pool, nginx; in the foreground until Ctrl-C.
#   PORT=8080 ADDRESS=127.0.0.1 WORKERS=N   and every setting as GUARDIAN_<NAME>
#   VAR=var    what lasts: the data of MariaDB
#   BUILD=build, ASSETS=build    where the programs and `make assets` were built
# Sockets and temporary files are in a folder of its own under /tmp, which goes when it ends.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
home=$PWD
build=${BUILD:-build} assets=${ASSETS:-${BUILD:-build}}
PORT=${PORT:-8080} ADDRESS=${ADDRESS:-127.0.0.1} VAR=${VAR:-$home/var}
pids=() names=() run='' stopping=''

say() { echo "guardian: $*"; }

# Stop what was started, last first, and wait for it.
stop_all()
{
	local i
	stopping=yes
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
		kill -TERM "${pids[i]}" 2> /dev/null
		wait "${pids[i]}" 2> /dev/null
		# Each is the leader of a group: what a killed leader left behind goes too.
		kill -KILL -- "-${pids[i]}" 2> /dev/null
	done
	pids=()
	[ -z "$run" ] || rm -rf "$run"
}

die()
{
	echo "guardian: $*" >&2
	exit 1
}

# start NAME LOG COMMAND...: in a session of its own, so that Ctrl-C reaches this script alone, which stops the parts in order.
start()
{
	names+=("$1")
	setsid "${@:3}" > >(exec cat >> "$2") 2>&1 &
	pids+=($!)
}

# Can USER read this folder of the project?
reaches() { command -v runuser > /dev/null && runuser -u "$1" -- test -x "$2" 2> /dev/null; }

busy() { (exec 3<> "/dev/tcp/$1/$2") 2> /dev/null; }

check_port()
{
	local address=${ADDRESS//[\[\]]/}
	[ "$address" != 0.0.0.0 ] && [ "$address" != '*' ] || address=127.0.0.1
	! busy "$address" "$PORT" || die "port $PORT is in use by another program; choose one: PORT=9000 make run"
}

make_folders()
{
	local free
	mkdir -p "$VAR" 2> /dev/null || die "the folder $VAR cannot be made; set VAR to a folder of yours"
	[ -w "$VAR" ] || die "the folder $VAR cannot be written; set VAR to a folder of yours"
	free=$(df -Pk "$VAR" | awk 'NR == 2 { print $4 }')
	[ "${free:-0}" -ge 300000 ] || die "the disk of $VAR is full: $((free / 1024)) MB are free, 300 MB are needed"
	run=$(mktemp -d /tmp/guardian.XXXXXX) || die "no temporary folder can be made under /tmp"
	chmod 755 "$run"
	echo $$ > "$run/owner"
	mkdir "$run/nginx" "$run/pool"
	if [ "$(id -u)" -eq 0 ]; then
		chown www-data: "$run/pool"
		# nginx and the workers are other users: where these cannot go, they get a copy.
		if ! reaches www-data "$home/$assets/public"; then
			say "$home cannot be read by www-data: it works with a copy; SIGHUP will not see changes of templates"
			mkdir "$run/site"
			cp -r "$assets/public" "$assets/templates" models "$run/site" || die "the site could not be copied to $run"
			site=$run/site
		fi
	fi
}

start_database()
{
	local user=() urls
	if [ "$(id -u)" -eq 0 ]; then
		mkdir -p "$VAR/mysql"
		chown mysql: "$VAR/mysql"
		if reaches mysql "$VAR/mysql"; then
			user=(mysql)
		else
			chown -R root: "$VAR/mysql"
			user=(root)
		fi
		mkdir "$run/db" && chown "${user[0]}:" "$run/db" && chmod 755 "$run/db"
	fi
	start MariaDB "$VAR/mariadb.log" sql/private-server.sh run "$VAR/mysql" "$run/db/socket" "${user[@]}"
	urls=$(sql/private-server.sh accounts "$run/db/socket" "$VAR/mysql") || { tail -n 3 "$VAR/mariadb.log" >&2; die "MariaDB did not start; its log is $VAR/mariadb.log"; }
	owner_url=$(sed -n "s/^OWNER_URL=['\"]\{0,1\}\([^'\"]*\).*/\1/p" <<< "$urls")
	worker_url=$(sed -n "s/^WORKER_URL=['\"]\{0,1\}\([^'\"]*\).*/\1/p" <<< "$urls")
}

start_pool()
{
	export GUARDIAN_LISTEN=unix:$run/pool/pages GUARDIAN_UPLOAD_LISTEN=unix:$run/pool/uploads GUARDIAN_TEMPLATES=$site/templates
	[ -n "${MODEL_PATH:-}${GUARDIAN_MODEL:-}" ] || export GUARDIAN_MODEL=${model:-$home/models/basic.safetensors}
	[ -z "${WORKERS:-}" ] || export GUARDIAN_WORKERS=$WORKERS GUARDIAN_UPLOAD_WORKERS=$WORKERS
	export GUARDIAN_PUBLIC_URL=${GUARDIAN_PUBLIC_URL:-http://localhost:$PORT}
	unset DATABASE_URL
	GUARDIAN_DATABASE_URL=$owner_url "$build/guardiand" migrate > "$run/migrate.log" 2>&1 || die "$(tail -n 1 "$run/migrate.log")"
	GUARDIAN_DATABASE_URL=$worker_url start guardiand "$VAR/guardiand.log" "$build/guardiand" serve
	wait_for "the pool" "$VAR/guardiand.log" test -S "$run/pool/uploads"
}

start_nginx()
{
	PORT=$PORT ADDRESS=$ADDRESS ROOT=$public RUN=$run/nginx PAGES=unix:$run/pool/pages UPLOADS=unix:$run/pool/uploads \
		MAX_UPLOAD=${GUARDIAN_MAX_UPLOAD:-2g} nginx/render.sh > "$run/nginx/nginx.conf" || die "nginx cannot be configured so"
	start nginx "$VAR/nginx.log" nginx -c "$run/nginx/nginx.conf" -e stderr
	wait_for nginx "$VAR/nginx.log" busy "${ADDRESS//[\[\]\*]/}" "$PORT"
}

# wait_for NAME LOG COMMAND...: until the command is true; not longer than its process lives, or 30 s.
wait_for()
{
	local i
	for ((i = 0; i < 300; i++)); do
		"${@:3}" && return
		kill -0 "${pids[-1]}" 2> /dev/null || break
		sleep 0.1
	done
	tail -n 2 "$2" >&2
	die "$1 did not start; its log is $2"
}

trap 'exit 130' INT
trap 'exit 143' TERM HUP
trap stop_all EXIT
PATH=$PATH:/usr/sbin:/sbin
site=$home/$assets
check_port
make_folders
public=$site/public
[ "$site" = "$home/$assets" ] || model=$site/models/basic.safetensors
for log in mariadb guardiand nginx; do : > "$VAR/$log.log"; done
if [ -n "${DATABASE_URL:-}" ]; then
	owner_url=$DATABASE_URL worker_url=$DATABASE_URL
else
	start_database
fi
start_pool
start_nginx
say "http://localhost:$PORT is ready; logs are in $VAR; Ctrl-C stops it"
# The parts live as long as this script; when one ends, all do.
wait -n "${pids[@]}"
[ -n "$stopping" ] || for i in "${!pids[@]}"; do
	kill -0 "${pids[i]}" 2> /dev/null || die "${names[i]} ended unexpectedly; the logs are in $VAR"
done
