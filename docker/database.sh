#!/bin/bash
# database.sh start: MariaDB for the workers, in the foreground. Not as root. Makes its data in VAR when there are none, and at every start the
#                    two accounts: guardian_owner may change tables (`guardiand migrate`), guardian only rows (the workers).
# database.sh check: 0 when it answers.
#   DATABASE_OWNER_PASSWORD, DATABASE_WORKER_PASSWORD    there are no others; a start with new ones changes them
#   ADDRESS=*  PORT=3306  VAR=/var/lib/guardian  RUN=/tmp/guardian  BUFFER_POOL=256M
# The account with all rights is this container's own user, on the socket in RUN, without a password: nobody gets there by network.
set -euo pipefail
VAR=${VAR:-/var/lib/guardian} RUN=${RUN:-/tmp/guardian}
socket=$RUN/socket
die() { echo "database: $*" >&2; exit 1; }

# Such a password needs no quoting in SQL, nor in the URL of the settings.
check_password()
{
	[[ ${!1:-} =~ ^[A-Za-z0-9._~-]{16,128}$ ]] || die "$1 must be 16 to 128 letters, digits or . _ ~ -; docker/env.example says how to make one"
}

# Complete or not there: what was interrupted is made again. --force: a container may have a name that nobody resolves.
install_data()
{
	rm -rf "$VAR/data.part"
	mkdir "$VAR/data.part" || die "the folder $VAR cannot be written by user $(id -u)"
	mariadb-install-db --no-defaults --datadir="$VAR/data.part" --skip-test-db --auth-root-authentication-method=socket \
		--auth-root-socket-user="$(id -un)" --force > "$RUN/install.log" 2>&1 || { cat "$RUN/install.log" >&2; die "no database can be made in $VAR"; }
	mv -T "$VAR/data.part" "$VAR/data"
}

# One statement a line, as mariadbd wants it. It carries them out before it lets anybody in. The same rights as in sql/private-server.sh.
accounts()
{
	cat <<- SQL
		CREATE DATABASE IF NOT EXISTS guardian CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
		CREATE USER IF NOT EXISTS guardian_owner@'%', guardian@'%';
		ALTER USER guardian_owner@'%' IDENTIFIED BY '$DATABASE_OWNER_PASSWORD', guardian@'%' IDENTIFIED BY '$DATABASE_WORKER_PASSWORD';
		GRANT ALL PRIVILEGES ON guardian.* TO guardian_owner@'%';
		GRANT SELECT, INSERT, UPDATE, DELETE ON guardian.* TO guardian@'%';
	SQL
}

start()
{
	check_password DATABASE_OWNER_PASSWORD
	check_password DATABASE_WORKER_PASSWORD
	[ "$DATABASE_OWNER_PASSWORD" != "$DATABASE_WORKER_PASSWORD" ] || die "both passwords are the same: then workers could change tables"
	[ -d "$RUN" ] || mkdir -m 700 "$RUN"
	[ -d "$VAR/data/mysql" ] || install_data
	(umask 077 && accounts > "$RUN/accounts.sql")
	unset DATABASE_OWNER_PASSWORD DATABASE_WORKER_PASSWORD
	exec mariadbd --no-defaults --datadir="$VAR/data" --socket="$socket" --pid-file="$RUN/pid" --init-file="$RUN/accounts.sql" \
		--bind-address="${ADDRESS:-*}" --port="${PORT:-3306}" --character-set-server=utf8mb4 --collation-server=utf8mb4_bin \
		--default-storage-engine=InnoDB --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size="${BUFFER_POOL:-256M}" \
		--innodb-log-file-size=64M --performance-schema=OFF --query-cache-type=0 --query-cache-size=0 --max-connections=500 \
		--thread-cache-size=16 --max-allowed-packet=64M --skip-log-bin --skip-name-resolve --local-infile=0
}

check() { mariadb --no-defaults --socket="$socket" --connect-timeout=5 -e 'DO 1'; }

case "$*" in
	start | check) "$1" ;;
	*) echo "usage: database.sh start | check" >&2; exit 2 ;;
esac
