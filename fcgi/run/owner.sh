# shellcheck shell=bash disable=SC2154
# owner.sh: one server for one VAR. Sourced by run.sh; uses $VAR, $run, say, die.
#
#   $VAR/lock          held (flock) by the script alone, not by its parts: when it is free, whoever had it is dead
#   $run/state         who runs what, one "name value" a line; $VAR/running is a copy of it
#     owner PID:START      of the script; START is field 22 of /proc/PID/stat, so that a number that came again is not taken for it
#     var, folder, socket, address
#     part PID:START NAME  the leader of a session of its own; one that was started again has a new line
# The parts outlive a script that was killed with -9; the next start for this VAR stops them: two MariaDBs must never have the same data.

# What follows "pid (name) " in /proc/PID/stat, in $fields, the name in $name; false when there is no such process or it is a zombie.
look_at()
{
	local line
	{ line=$(< "/proc/$1/stat"); } 2> /dev/null || return
	name=${line#*\(} name=${name%\)*}
	read -r -a fields <<< "${line##*\) }"
	[ "${fields[0]}" != Z ]
}

# lives PID:START
lives()
{
	local fields name
	look_at "${1%:*}" && [ "${fields[19]}" = "${1#*:}" ]
}

# PID:START of a process.
identity()
{
	local fields name
	look_at "$1" && echo "$1:${fields[19]}"
}

# members PID:START: the processes of the session. When its leader is gone, only what has the name of one of our programs: numbers come again.
members()
{
	local fields name leader=${1%:*} start=${1#*:} is_ours='' pid
	! lives "$1" || is_ours=yes
	for pid in /proc/[0-9]*; do
		pid=${pid#/proc/}
		look_at "$pid" || continue
		[[ ${fields[3]} = "$leader" && ${fields[19]} -ge $start ]] || continue
		[[ -n $is_ours || $name =~ ^(mariadbd|guardiand|nginx)$ ]] && echo "$pid"
	done
}

# value NAME FILE: from a state.
value() { sed -n "s/^$1 //p" "$2" 2> /dev/null | tail -n 1; }

# record LINE...: add to the state.
record()
{
	printf '%s\n' "$@" >> "$run/state" && cp "$run/state" "$VAR/running.part" && mv "$VAR/running.part" "$VAR/running"
} 2> /dev/null

# stop_part PID:START NAME: what an earlier run has left. MariaDB is given time to write, the others no longer than a moment.
stop_part()
{
	local i seconds=5 left
	[ "$2" != MariaDB ] || seconds=120
	[ -n "$(members "$1")" ] || return 0
	say "stopping $2 (process ${1%:*}), which a run that was killed has left"
	! lives "$1" || kill -TERM "${1%:*}" 2> /dev/null
	for ((i = 0; i < seconds * 10; i++)); do
		lives "$1" || break
		sleep 0.1
	done
	for ((i = 0; i < 50; i++)); do
		mapfile -t left < <(members "$1")
		[ ${#left[@]} -gt 0 ] || return 0
		kill -KILL "${left[@]}" 2> /dev/null
		sleep 0.1
	done
	die "$2 of an earlier run (process ${left[0]}) cannot be stopped"
}

# stop_leftovers STATE: of a run whose script is dead; nginx first.
stop_leftovers()
{
	local id part
	while read -r id part; do
		[[ $id =~ ^[0-9]+:[0-9]+$ ]] && stop_part "$id" "$part"
	done < <(sed -n 's/^part //p' "$1" | tac)
}

# Folders under /tmp of runs that were killed. Those of others, and those whose parts still serve, are left alone.
remove_stale_folders()
{
	local state folder id part serves
	for state in /tmp/guardian.??????/state; do
		folder=${state%/state}
		[[ -f $state && -O $state && -O $folder && ! -L $folder ]] || continue
		! lives "$(value owner "$state")" || continue
		[ -d "$(value var "$state")" ] || stop_leftovers "$state"
		serves=''
		while read -r id part; do
			[ -z "$(members "$id")" ] || serves=yes
		done < <(sed -n 's/^part //p' "$state")
		[ -n "$serves" ] || rm -rf "$folder"
	done
}

# Become the one that runs for this VAR.
claim()
{
	local owner
	{ exec 8>> "$VAR/lock"; } 2> /dev/null || die "$VAR/lock cannot be written: $VAR belongs to somebody else; set VAR to a folder of yours"
	if ! flock -n 8; then
		owner=$(value owner "$VAR/running")
		die "it is running already: process ${owner%:*} serves $(value address "$VAR/running") with the data in $VAR"
	fi
	if [ -f "$VAR/running" ] && [ -O "$VAR/running" ]; then
		stop_leftovers "$VAR/running"
		rm -f "$VAR/running"
	fi
	remove_stale_folders
}
