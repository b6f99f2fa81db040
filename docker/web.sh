#!/bin/bash
# web.sh start: nginx in front of all workers that a name has, in the foreground. Not as root.
# web.sh check: 0 when nginx serves.
#   WORKER        worker      the name; with compose it has an address for each replica
#   PAGES_PORT    9001        where each listens (the settings listen and upload_listen)
#   UPLOADS_PORT  9002
#   and what nginx/render.sh takes: PORT, ADDRESS, MAX_UPLOAD, ACCESS_LOG
#
# Replicas come, go, and come back with another address. nginx looks up the servers of an upstream only when it reads its configuration
# (`resolve` in an upstream needs 1.27.3, Debian 12 has 1.22). The way by `resolver` and a variable would look it up while it runs, but
# then there is no upstream any more: no least_conn for uploads, and who is dead is tried again by each request. So this script asks for
# the name every few seconds and, when the answer is another one, writes the configuration anew and has nginx reload it, which costs no
# request: the old processes of nginx finish theirs, uploads included. Until then a replica that is gone costs a request at most the
# 3 s of fastcgi_connect_timeout before the next one is asked, and after three failures is left alone for 10 s.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export PORT=${PORT:-8080} ADDRESS=${ADDRESS:-*} ROOT=${ROOT:-$PWD/public} RUN=${RUN:-/var/spool/guardian}
WORKER=${WORKER:-worker} PAGES_PORT=${PAGES_PORT:-9001} UPLOADS_PORT=${UPLOADS_PORT:-9002}
readonly seconds=3
conf=$RUN/nginx.conf
say() { echo "web: $*" >&2; }
die() { say "$*"; exit 1; }

# The addresses of WORKER, sorted, on one line; none when nobody knows the name.
look_up()
{
	getent ahosts "$WORKER" | awk '$2 == "STREAM" { print $1 ~ /:/ ? "[" $1 "]" : $1 }' | LC_ALL=C sort -u | tr '\n' ' '
}

# at PORT ADDRESS...: address:port of each.
at() { printf "%s:$1 " "${@:2}"; }

# configure ADDRESS...
configure()
{
	PAGES=$(at "$PAGES_PORT" "$@") UPLOADS=$(at "$UPLOADS_PORT" "$@") nginx/render.sh > "$conf.new" && mv "$conf.new" "$conf"
}

start()
{
	local known now nginx='' stopping=''
	[ -w "$RUN" ] || die "the folder $RUN cannot be written: give it a volume for what is being uploaded"
	trap 'stopping=yes; [ -z "$nginx" ] || kill -QUIT "$nginx"' TERM INT
	known=$(look_up)
	# Without a worker the page of an error is served, and the first worker is found as any other.
	# shellcheck disable=SC2086
	configure ${known:-127.0.0.1} || die "nginx cannot be configured so"
	say "workers: ${known:-none yet}"
	nginx -c "$conf" -e stderr &
	nginx=$!
	# A signal that came before there was somebody to pass it on to.
	[ -z "$stopping" ] || kill -QUIT "$nginx"
	while kill -0 "$nginx" 2> /dev/null; do
		# Wakes up at once when nginx ends or a signal comes.
		sleep "$seconds" &
		wait -n "$nginx" $!
		# A reload would start anew what is finishing its last requests.
		[ -z "$stopping" ] || continue
		now=$(look_up)
		# Nobody at all: a name server that is away, or all of them; the old addresses may be right still.
		if [ -z "$now" ] || [ "$now" = "$known" ]; then continue; fi
		say "workers: $now"
		# shellcheck disable=SC2086
		configure $now && kill -HUP "$nginx" && known=$now
	done
	wait "$nginx"
}

# A file of nginx's own: an nginx without workers is healthy.
check()
{
	local address=$ADDRESS line
	case $address in '*' | 0.0.0.0) address=127.0.0.1 ;; esac
	exec 3<> "/dev/tcp/${address//[\[\]]/}/$PORT" || die "nobody listens on port $PORT"
	printf 'GET /static/current/images/icons.svg HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
	read -r -t 5 line <&3 || die "no answer on port $PORT"
	[[ $line == "HTTP/1.1 200 "* ]] || die "answered with $line"
}

case "$*" in
	start | check) "$1" ;;
	*) echo "usage: web.sh start | check" >&2; exit 2 ;;
esac
