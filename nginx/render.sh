#!/bin/bash
# render.sh: site.conf.in with the values of the environment, on stdout.
#   PORT          8080
#   ADDRESS       127.0.0.1; an IPv6 address in brackets
#   ROOT          the folder with static/ in it (build/public)
#   RUN           folder for the pid and for what is being uploaded; must be there
#   PAGES         where the page workers listen: unix:/path or host:port, several separated by blanks
#   UPLOADS       where the upload workers listen
#   MAX_UPLOAD    2g
#   NGINX_USER    whom the workers of nginx become when it is started by root (www-data); no meaning for others
#   ACCESS_LOG    off, or a path
# nginx -c FILE then needs no other file than /etc/nginx/mime.types.
set -euo pipefail
cd "$(dirname "$0")"

die() { echo "nginx/render.sh: $*" >&2; exit 2; }

# check NAME PATTERN WHAT: the value of NAME is all of PATTERN.
check()
{
	local value=${!1-}
	[ -n "$value" ] || die "$1 is not set: $3"
	[[ $value =~ ^($2)$ ]] || die "$1=$value: $3"
}

PORT=${PORT:-8080} ADDRESS=${ADDRESS:-127.0.0.1} MAX_UPLOAD=${MAX_UPLOAD:-2g}
ACCESS_LOG=${ACCESS_LOG:-off} NGINX_USER=${NGINX_USER:-www-data}
# Blanks are fine in a path; what nginx would not read as a part of it is not.
path='/[^"\$;{}[:cntrl:]]*'
check PORT '[1-9][0-9]{0,4}' "a port from 1 to 65535"
[ "$PORT" -le 65535 ] || die "PORT=$PORT: a port from 1 to 65535"
check ADDRESS '[0-9.]+|\[[0-9a-fA-F:.]+\]|\*' "an address of this machine: 127.0.0.1, [::1], 0.0.0.0 or *"
check ROOT "$path" "an absolute path"
check RUN "$path" "an absolute path"
check MAX_UPLOAD '[1-9][0-9]{0,12}[kKmMgG]?' "a size in bytes, or with k, m or g"
check ACCESS_LOG "off|$path" "off or an absolute path"
check NGINX_USER '[a-z_][a-z0-9_-]*' "the name of a user"
[ "$ACCESS_LOG" = off ] || ACCESS_LOG="\"$ACCESS_LOG\""

# servers NAME: lines of an upstream. A server that does not answer is left alone for ten seconds; with one there is no choice.
servers()
{
	local server list
	read -r -d '' -a list <<< "${!1-}" || true
	[ ${#list[@]} -gt 0 ] || die "$1 is not set: unix:/path or host:port, several separated by blanks"
	for server in "${list[@]}"; do
		[[ $server =~ ^(unix:/[A-Za-z0-9/._+@%=,~-]+|[A-Za-z0-9.-]+:[0-9]{1,5}|\[[0-9a-fA-F:.]+\]:[0-9]{1,5})$ ]] ||
			die "$1: $server is neither unix:/path nor host:port"
		echo "server $server max_fails=3 fail_timeout=10s;"
	done
}

# "2 GiB" for 2g and for 2147483648.
shown()
{
	local n=${1%[kKmMgG]} unit=bytes
	case $1 in *[kK]) unit=KiB ;; *[mM]) unit=MiB ;; *[gG]) unit=GiB ;; esac
	while [ "$unit" != GiB ] && [ "$n" -ge 1024 ] && [ $((n % 1024)) -eq 0 ]; do
		n=$((n / 1024))
		case $unit in bytes) unit=KiB ;; KiB) unit=MiB ;; *) unit=GiB ;; esac
	done
	echo "$n $unit"
}

user=
[ "$(id -u)" -ne 0 ] || user="user $NGINX_USER;"

# As the workers send them with theirs.
policy="default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
policy+=" form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
headers="add_header Content-Security-Policy \"$policy\" always;
add_header X-Content-Type-Options nosniff always;
add_header X-Frame-Options DENY always;
add_header Referrer-Policy same-origin always;
add_header Cross-Origin-Opener-Policy same-origin always;
add_header Cross-Origin-Resource-Policy same-origin always;"

# The headers of the request come by themselves as HTTP_*; HTTP_PROXY would be taken for a setting by what a worker uses.
# shellcheck disable=SC2016
fastcgi='fastcgi_param REQUEST_METHOD $request_method;
fastcgi_param DOCUMENT_URI $document_uri;
fastcgi_param QUERY_STRING $query_string;
fastcgi_param CONTENT_TYPE $content_type;
fastcgi_param CONTENT_LENGTH $content_length;
fastcgi_param REMOTE_ADDR $remote_addr;
fastcgi_param SERVER_PORT $server_port;
fastcgi_param SERVER_PROTOCOL $server_protocol;
fastcgi_param HTTP_PROXY "" if_not_empty;
fastcgi_next_upstream error timeout;
fastcgi_buffer_size 16k;
fastcgi_buffers 16 16k;'

fill() { conf=${conf//"@$1@"/"$2"}; }
conf=$(< site.conf.in)
conf=${conf#*$'\n'}
fill USER "$user"
fill HEADERS "$headers"
fill FASTCGI "$fastcgi"
pages=$(servers PAGES)
uploads=$(servers UPLOADS)
fill PAGES "$pages"
fill UPLOADS "$uploads"
fill MAX_UPLOAD_SHOWN "$(shown "$MAX_UPLOAD")"
for name in PORT ADDRESS ROOT RUN MAX_UPLOAD ACCESS_LOG; do
	fill "$name" "${!name}"
done
echo "# Made by nginx/render.sh."
echo "$conf"
