#!/bin/bash
# run.sh: what `make run` does after building: a private MariaDB (unless a database is configured), migrations, the pool, nginx; in the
# foreground until Ctrl-C.
#   PORT=8080 ADDRESS=127.0.0.1 WORKERS=N   and every setting as GUARDIAN_<NAME>
#   VAR=var    what lasts: the data of MariaDB, logs, and while it runs the file "running" (see run/owner.sh)
#   BUILD=build, ASSETS=build    where the programs and `make assets` were built
# Sockets and temporary files are in a folder of its own under /tmp, which goes when it ends. What is wrong with the settings is said before
# anything is started.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
home=$PWD
PATH=$PATH:/usr/sbin:/sbin
build=$(realpath -ms "${BUILD:-build}") assets=$(realpath -ms "${ASSETS:-${BUILD:-build}}") VAR=$(realpath -ms "${VAR:-var}")
PORT=${PORT:-8080} ADDRESS=${ADDRESS:-127.0.0.1}
run='' site=$assets model=$home/models/full.safetensors
# MB that must be free at the start: a new MariaDB takes 130 of them; an upload lies under /tmp until it is read.
VAR_ROOM=300 TMP_ROOM=20

# Nobody may be there to read it any more.
say() { echo "guardian: $*"; } 2> /dev/null
die()
{
	echo "guardian: $*" >&2
	exit 1
}

. fcgi/run/owner.sh
. fcgi/run/parts.sh

# setting NAME [PLAIN_NAME]: from the environment or the configuration file; empty when neither says anything.
setting()
{
	local name=GUARDIAN_${1^^} file=${GUARDIAN_CONF:-/etc/guardian/guardian.conf} value
	value=${!name:-}
	[ -n "$value" ] || [ -z "${2:-}" ] || value=${!2:-}
	[ -n "$value" ] || value=$(sed -nE "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*[\"']?([^\"'[:space:]]*).*/\1/p" "$file" 2> /dev/null | tail -n 1)
	echo "$value"
}

# Can USER go to this folder?
reaches() { command -v runuser > /dev/null && runuser -u "$1" -- test -x "$2" 2> /dev/null; }

# Where a client on this machine finds ADDRESS.
local_address()
{
	case $ADDRESS in
		0.0.0.0 | '*') echo 127.0.0.1 ;;
		*) echo "${ADDRESS//[\[\]]/}" ;;
	esac
}

busy() { (exec 3<> "/dev/tcp/$(local_address)/$PORT") 2> /dev/null; }

make_var()
{
	local log
	fcgi/run/room.sh "$VAR" 0 "set VAR to a folder of yours" || exit 1
	claim
	fcgi/run/room.sh "$VAR" "$VAR_ROOM" || exit 1
	for log in mariadb guardiand nginx; do
		{ : > "$VAR/$log.log"; } 2> /dev/null ||
			die "$VAR/$log.log cannot be written: somebody else has run it with this folder; set VAR to a folder of yours"
	done
}

make_run()
{
	fcgi/run/room.sh /tmp "$TMP_ROOM" "sockets and uploads are there" || exit 1
	run=$(mktemp -d /tmp/guardian.XXXXXX) || die "no temporary folder can be made under /tmp"
	chmod 755 "$run"
	mkdir "$run/nginx" "$run/pool"
	record "owner $(identity $$)" "var $VAR" "folder $run" "address http://localhost:$PORT" || die "$VAR/running cannot be written"
	[ "$(id -u)" -ne 0 ] || chown www-data: "$run/pool"
}

# The site as nginx and the workers see it: they are other users when this is root, and nginx does not take every path.
place_site()
{
	local why=''
	[ "$(id -u)" -ne 0 ] || reaches www-data "$assets/public" || why="$assets cannot be read by www-data"
	[[ ! $assets =~ [\"\$\;{}[:cntrl:]] ]] || why="the name $assets has characters that nginx does not take"
	[ -n "$why" ] || return 0
	say "$why: it works with a copy; SIGHUP will not see changes of templates"
	mkdir "$run/site"
	cp -r "$assets/public" "$assets/templates" models "$run/site" || die "the site could not be copied to $run"
	site=$run/site model=$run/site/models/full.safetensors
}

# nginx.conf is made and tried: nginx knows best which address and port it may have.
configure_nginx()
{
	local said max
	max=$(setting max_upload)
	said=$(PORT=$PORT ADDRESS=$ADDRESS ROOT=$site/public RUN=$run/nginx PAGES=unix:$run/pool/pages UPLOADS=unix:$run/pool/uploads \
		MAX_UPLOAD=${max:-2g} nginx/render.sh 2>&1 > "$run/nginx/nginx.conf") || die "${said#*: }"
	if said=$(nginx -t -q -c "$run/nginx/nginx.conf" -e stderr 2>&1); then
		! busy || die "port $PORT is in use by another program; choose one: PORT=9000 make run"
		return
	fi
	case $said in
		*"bind()"*"Permission denied"*) die "only root may use port $PORT; choose one above 1023: PORT=8080 make run" ;;
		*"bind()"*"Cannot assign requested address"*) die "ADDRESS=$ADDRESS is no address of this machine" ;;
		*) die "nginx does not take its configuration: $(reason /dev/stdin <<< "$said")" ;;
	esac
}

# Models that are adapted on the page outlast this run. As root the workers are somebody else, who may not get to VAR.
place_models()
{
	[ -z "$(setting model_dir)" ] || return 0
	export GUARDIAN_MODEL_DIR=$VAR/models
	mkdir -p "$VAR/models" || die "$VAR/models cannot be made"
	[ "$(id -u)" -eq 0 ] || return 0
	chown -R www-data: "$VAR/models"
	reaches www-data "$VAR/models" || say "www-data cannot get to $VAR/models: the page cannot adapt the model; set VAR to a folder that all may enter"
}

configure_pool()
{
	local said
	export GUARDIAN_LISTEN=unix:$run/pool/pages GUARDIAN_UPLOAD_LISTEN=unix:$run/pool/uploads GUARDIAN_TEMPLATES=$site/templates
	[ -n "$(setting model MODEL_PATH)" ] || export GUARDIAN_MODEL=$model
	[ -n "$(setting model_basic)" ] || export GUARDIAN_MODEL_BASIC=${model%/*}/basic.safetensors
	[ -z "${WORKERS:-}" ] || export GUARDIAN_WORKERS=$WORKERS GUARDIAN_UPLOAD_WORKERS=$WORKERS
	export GUARDIAN_PUBLIC_URL=${GUARDIAN_PUBLIC_URL:-http://localhost:$PORT}
	said=$("$build/guardiand" check 2>&1) || die "$(reason /dev/stdin <<< "$said")"
}

launch_database() { become "$VAR/mariadb.log" sql/private-server.sh run "$VAR/mysql" "$run/db/socket" "${database_user[@]}"; }
launch_pool() { GUARDIAN_DATABASE_URL=$worker_url become "$VAR/guardiand.log" "$build/guardiand" serve; }
launch_nginx() { become "$VAR/nginx.log" nginx -c "$run/nginx/nginx.conf" -e stderr; }

# A MariaDB of our own. As root it runs as mysql, or as root where mysql cannot go; the clone may have been moved since.
start_database()
{
	local urls
	database_user=()
	if [ "$(id -u)" -eq 0 ]; then
		mkdir -p "$VAR/mysql"
		database_user=(root)
		! reaches mysql "$VAR" || database_user=(mysql)
		chown -R "${database_user[0]}:" "$VAR/mysql"
		mkdir "$run/db" && chown "${database_user[0]}:" "$run/db" && chmod 755 "$run/db"
	fi
	record "socket $run/db/socket"
	part MariaDB "$VAR/mariadb.log" launch_database
	# The first start makes the data, and one after a crash mends them: that takes minutes on a slow disk.
	wait_for 600 test -S "$run/db/socket"
	urls=$(sql/private-server.sh accounts "$run/db/socket" "$VAR/mysql" 2> "$run/accounts.log") || die "$(reason "$run/accounts.log")"
	owner_url=$(sed -n "s/^OWNER_URL=//p" <<< "$urls")
	worker_url=$(sed -n "s/^WORKER_URL=//p" <<< "$urls")
}

migrate()
{
	local said
	said=$(GUARDIAN_DATABASE_URL=$owner_url "$build/guardiand" migrate 2>&1) || die "$(reason /dev/stdin <<< "$said")"
}

trap 'exit 130' INT
trap 'exit 143' TERM HUP
trap '' PIPE
trap stop_all EXIT
[[ -x $build/guardiand && -d $assets/public ]] || die "nothing is built in $build and $assets: make all assets"
make_var
make_run
place_site
configure_nginx
place_models
configure_pool
owner_url=$(setting database_url DATABASE_URL) worker_url=$owner_url
unset DATABASE_URL
[ -n "$owner_url" ] || start_database
migrate
part guardiand "$VAR/guardiand.log" launch_pool
wait_for 30 test -S "$run/pool/uploads"
part nginx "$VAR/nginx.log" launch_nginx
wait_for 30 busy
say "http://localhost:$PORT is ready; logs are in $VAR; Ctrl-C stops it"
watch
