#!/bin/bash
# private-server.sh: a MariaDB of our own, reachable by a unix socket only. Works as root and as an ordinary user.
#
#   run DATADIR SOCKET [OS_USER]   make DATADIR when it is not there yet, then become mariadbd in the foreground, its log on stderr;
#                                  SIGTERM stops it. As root it runs as OS_USER (default: mysql). DATADIR.tmp and DATADIR.lock are beside it.
#   accounts SOCKET DATADIR        wait until it answers; make the database and its two accounts; print OWNER_URL=… (migrations) and
#                                  WORKER_URL=… (rows only). The passwords stay the same: they are kept in DATADIR/../accounts.
set -u

database=guardian
owner=guardian_owner
worker=guardian

die()
{
	echo "private-server: $*" >&2
	exit 1
}

usage()
{
	echo "usage: private-server.sh run DATADIR SOCKET [OS_USER] | accounts SOCKET DATADIR" >&2
	exit 2
}

need()
{
	local program
	for program in "$@"; do
		command -v "$program" > /dev/null || die "$program is not installed: apt-get install mariadb-server mariadb-client"
	done
}

check_socket()
{
	local -r LC_ALL=C
	[ "${#1}" -le 107 ] || die "the path of the socket is too long (${#1} bytes, at most 107): $1"
}

# try COMMAND...: its exit code; its output only in $said.
try()
{
	said=$("$@" 2>&1)
}

# ---- run ---------------------------------------------------------------------------------------------------------------------

# The account that mariadbd runs as, in $os_user.
choose_user()
{
	os_user=$1
	if [ "$(id -u)" -ne 0 ]; then
		[ -z "$os_user" ] || [ "$os_user" = "$(id -un)" ] || die "only root can run MariaDB as $os_user"
		os_user=$(id -un)
		return
	fi
	: "${os_user:=mysql}"
	id -u "$os_user" > /dev/null 2>&1 || die "there is no account $os_user on this system"
}

# as_user COMMAND...: as the account that the server will have.
as_user()
{
	if [ "$(id -un)" = "$os_user" ]; then
		"$@"
	else
		setpriv --reuid="$os_user" --regid="$(id -g "$os_user")" --init-groups -- "$@"
	fi
}

make_socket_folder()
{
	local folder
	folder=$(dirname "$socket")
	if [ ! -d "$folder" ]; then
		try mkdir -p "$folder" || die "$said"
		[ "$(id -u)" -ne 0 ] || try chown "$os_user:" "$folder" || die "$said"
	fi
	as_user test -w "$folder" || die "the account $os_user cannot make a socket in $folder: name a folder of its own for it"
}

# A server removes temporary tables that it finds at its start, also those of another server with the same folder: each has one of its own.
make_temporary_folder()
{
	export TMPDIR=$datadir.tmp
	try mkdir -p -m 700 "$TMPDIR" || die "$said"
	[ "$(id -u)" -ne 0 ] || try chown -R "$os_user:" "$TMPDIR" || die "$said"
}

# A data directory appears under its name only when it is complete: what was interrupted is thrown away and made again.
install_data()
{
	local part=$datadir.part as_root=()
	[ ! -e "$datadir" ] || rmdir "$datadir" 2> /dev/null || die "$datadir holds something else than a database: name another folder"
	try rm -rf "$part" || die "cannot remove what is left of an earlier start: $said"
	try mkdir -m 700 "$part" || die "$said"
	[ "$(id -u)" -ne 0 ] || try chown "$os_user:" "$part" || die "$said"
	as_user test -w "$part" || die "the account $os_user cannot get to $datadir: check the modes of the folders above it"
	# With --user it changes owners of a path that it does not quote, so it gets one without blanks; and mariadbd does not run as root untold.
	[ "$os_user" != root ] || as_root=(--user=root)
	cd "$part" || die "cannot go to $part"
	# By force: also where the name of the machine cannot be looked up, which is of no use to a server with a socket only.
	try as_user mariadb-install-db --no-defaults "${as_root[@]}" --datadir=. --skip-test-db --force \
		--auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" || die "cannot make the database in $datadir: $(reason)"
	try mv -T "$part" "$datadir" || die "$said"
}

# The line of $said that tells most.
reason()
{
	grep -m 1 -iE 'no space|error|cannot|denied|fatal' <<< "$said" || grep -m 1 . <<< "$said"
}

run()
{
	local datadir=$1 socket=$2 os_user said
	need mariadbd mariadb-install-db flock setpriv
	check_socket "$socket"
	choose_user "${3:-}"
	datadir=$(realpath -m "$datadir")
	socket=$(realpath -ms "$socket")
	check_socket "$socket"
	try mkdir -p "$(dirname "$datadir")" || die "$said"
	make_socket_folder

	# Held by mariadbd until it ends.
	{ exec 9>> "$datadir.lock"; } 2> /dev/null || die "cannot write $datadir.lock: check the owner and the mode of the folder"
	flock -n 9 || die "another server is running on $datadir"
	make_temporary_folder
	[ -d "$datadir/mysql" ] || install_data
	as_user test -w "$datadir/ibdata1" || die "$datadir does not belong to $os_user: start it as the account that made it"

	exec mariadbd --no-defaults --user="$os_user" --datadir="$datadir" --socket="$socket" --pid-file="$datadir/mariadbd.pid" \
		--skip-networking --character-set-server=utf8mb4 --collation-server=utf8mb4_bin --default-storage-engine=InnoDB \
		--innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=64M --innodb-log-file-size=64M --innodb-log-buffer-size=8M \
		--performance-schema=OFF --key-buffer-size=1M --aria-pagecache-buffer-size=2M --query-cache-type=0 --query-cache-size=0 \
		--max-connections=300 --thread-cache-size=16 --max-allowed-packet=64M --skip-log-bin --skip-name-resolve --local-infile=0
}

# ---- accounts ----------------------------------------------------------------------------------------------------------------

# SQL from stdin, as the account that has all rights.
admin()
{
	mariadb --no-defaults --socket="$socket" --user="$(id -un)" --connect-timeout=3 --batch
}

wait_for_server()
{
	local said end=$((SECONDS + 30))
	until try admin <<< 'DO 1'; do
		[[ $said != *"Access denied"* ]] || die "the server at $socket does not know the account $(id -un): run this as who made $datadir"
		[ "$SECONDS" -lt "$end" ] || die "no answer from the server at $socket within 30 s: $(tail -n 1 <<< "$said")"
		sleep 0.1
	done
}

random_hex()
{
	od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

# The two passwords, from the file or new ones: $owner_password, $worker_password.
load_passwords()
{
	local file said
	file=$(dirname "$datadir")/accounts
	owner_password='' worker_password=''
	if [ -e "$file" ]; then
		try cat "$file" || die "$said"
		owner_password=$(sed -nE 's/^owner=([0-9a-f]{48})$/\1/p' <<< "$said")
		worker_password=$(sed -nE 's/^worker=([0-9a-f]{48})$/\1/p' <<< "$said")
		[ "${#owner_password}${#worker_password}" = 4848 ] || die "$file is damaged: remove it, and new passwords are made"
		return
	fi
	owner_password=$(random_hex)
	worker_password=$(random_hex)
	[ "${#owner_password}${#worker_password}" = 4848 ] || die "cannot read random bytes from /dev/urandom"
	(umask 077 && printf 'owner=%s\nworker=%s\n' "$owner_password" "$worker_password" > "$file.part" && mv "$file.part" "$file") 2> /dev/null ||
		die "cannot write $file"
}

# percent TEXT: as a part of a URL.
percent()
{
	local -r LC_ALL=C
	local i c out=''
	for ((i = 0; i < ${#1}; i++)); do
		c=${1:i:1}
		case $c in
			[A-Za-z0-9/._~-]) out+=$c ;;
			*) printf -v c '%%%02X' "'$c" && out+=%${c: -2} ;;
		esac
	done
	echo "$out"
}

accounts()
{
	local socket=$1 datadir owner_password worker_password said place
	need mariadb
	socket=$(realpath -ms "$socket")
	datadir=$(realpath -m "$2")
	check_socket "$socket"
	wait_for_server
	load_passwords
	said=$(admin 2>&1 <<- SQL
		CREATE DATABASE IF NOT EXISTS $database CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
		CREATE USER IF NOT EXISTS $owner@localhost, $worker@localhost;
		ALTER USER $owner@localhost IDENTIFIED BY '$owner_password', $worker@localhost IDENTIFIED BY '$worker_password';
		GRANT ALL PRIVILEGES ON $database.* TO $owner@localhost;
		GRANT SELECT, INSERT, UPDATE, DELETE ON $database.* TO $worker@localhost;
	SQL
	) || die "cannot make the accounts: $(grep -m 1 ERROR <<< "$said" | cut -c 1-160)"
	place="@localhost/$database?socket=$(percent "$socket")"
	echo "OWNER_URL=mysql://$owner:$owner_password$place"
	echo "WORKER_URL=mysql://$worker:$worker_password$place"
}

case "${1:-} $#" in
	"run 3" | "run 4") run "${@:2}" ;;
	"accounts 3") accounts "${@:2}" ;;
	*) usage ;;
esac
