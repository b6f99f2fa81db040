# shellcheck shell=bash
# parts.sh: the processes that make the server: start, wait for, start again, stop. Sourced by run.sh; uses $VAR, $run, say, die, record.
names=() logs=() launch=() # of each part; launch is the function that starts it, by become
pids=()                    # 0: it has ended
due=() pause=() since=()   # when to start it again, after how long the next time, when it was started; in $SECONDS
PAUSE_MOST=60 STEADY=60    # the longest pause; who lived so long begins with the shortest again

# become LOG COMMAND...: in a session of its own, so that Ctrl-C reaches the script alone, which stops the parts in order. Its pid is $!.
become() { setsid "${@:2}" >> "$1" 2>&1 < /dev/null 8>&- & }

# begin NUMBER
begin()
{
	"${launch[$1]}"
	pids[$1]=$! since[$1]=$SECONDS
	record "part $(identity $!) ${names[$1]}"
}

# part NAME LOG FUNCTION: one more, and start it.
part()
{
	local i=${#names[@]}
	names+=("$1") logs+=("$2") launch+=("$3") pids+=(0) due+=(0) pause+=(1) since+=(0)
	begin "$i"
}

# The line of a log that tells most, without what stands before the message.
reason()
{
	local line
	line=$(grep -a -m 1 -E '^(private-server|guardiand [a-z]+): |\[(emerg|ERROR)\]' "$1" || tail -n 1 "$1")
	sed -E 's/^(private-server|guardiand [a-z]+): //; s/^.*\[(emerg|ERROR)\] ([0-9#]+: )?//' <<< "$line" | cut -c 1-300
}

# wait_for SECONDS COMMAND...: until the command is true; no longer than the newest part lives.
wait_for()
{
	local i
	for ((i = 0; i < $1 * 10; i++)); do
		"${@:2}" && return
		kill -0 "${pids[-1]}" 2> /dev/null || break
		sleep 0.1
	done
	die "${names[-1]} did not start: $(reason "${logs[-1]}"); its log is ${logs[-1]}"
}

# A part has ended by itself: say so, and when it is started again.
mourn()
{
	local code how
	wait "${pids[$1]}" 2> /dev/null
	code=$?
	how="with exit code $code"
	[ "$code" -le 128 ] || how="killed by signal $((code - 128))"
	# What a killed leader has left keeps the sockets.
	kill -KILL -- "-${pids[$1]}" 2> /dev/null
	[ $((SECONDS - since[$1])) -lt "$STEADY" ] || pause[$1]=1
	pids[$1]=0 due[$1]=$((SECONDS + pause[$1]))
	say "${names[$1]} has ended ($how); it is started again in ${pause[$1]} s; its log is ${logs[$1]}"
	pause[$1]=$((pause[$1] * 2 < PAUSE_MOST ? pause[$1] * 2 : PAUSE_MOST))
}

# For ever: what ends is started again.
watch()
{
	local i nap living
	while :; do
		nap=10 living=()
		for i in "${!pids[@]}"; do
			if [ "${pids[i]}" -ne 0 ] && ! kill -0 "${pids[i]}" 2> /dev/null; then
				mourn "$i"
			elif [ "${pids[i]}" -eq 0 ] && [ "$SECONDS" -ge "${due[i]}" ]; then
				begin "$i"
			fi
			if [ "${pids[i]}" -eq 0 ]; then nap=1; else living+=("${pids[i]}"); fi
		done
		# One that ends right here is seen after the nap.
		sleep "$nap" > /dev/null 2>&1 8>&- &
		tick=$!
		wait -n "${living[@]}" "$tick" 2> /dev/null
		kill "$tick" 2> /dev/null
		wait "$tick" 2> /dev/null
	done
}

# stop_one NUMBER: and wait for it. MariaDB is never killed: it writes what it has.
stop_one()
{
	local pid=${pids[$1]} begun=$SECONDS told=''
	kill -TERM "$pid" 2> /dev/null
	while kill -0 "$pid" 2> /dev/null; do
		[ -z "$hurry" ] || [ "${names[$1]}" = MariaDB ] || kill -KILL "$pid" 2> /dev/null
		if [ -z "$told$hurry" ] && [ $((SECONDS - begun)) -ge 2 ]; then
			told=yes
			say "waiting for ${names[$1]} to finish what it does; Ctrl-C again stops it at once"
		fi
		sleep 0.05
	done
	# Each is the leader of a group: what a killed leader left behind goes too.
	kill -KILL -- "-$pid" 2> /dev/null
}

# Stop what was started, last first.
stop_all()
{
	local i
	hurry=''
	trap 'hurry=yes' INT TERM HUP
	[ -z "${tick:-}" ] || kill "$tick" 2> /dev/null
	for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
		[ "${pids[i]}" -eq 0 ] || stop_one "$i"
	done
	pids=()
	if [ -n "$run" ]; then
		rm -rf "$run"
		rm -f "$VAR/running"
	fi
}
