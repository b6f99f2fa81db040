#!/bin/bash
# room.sh FOLDER MB [ADVICE]: make the folder when it is not there; one sentence and exit code 1 when it cannot be written or fewer MB are
# free on its disk.
set -u
die()
{
	echo "guardian: $*" >&2
	exit 1
}
mkdir -p "$1" 2> /dev/null || { [ -e "$1" ] && die "$1 is no folder${3:+; $3}"; } || die "the folder $1 cannot be made${3:+; $3}"
[[ -w $1 && -x $1 ]] || die "the folder $1 cannot be written: it belongs to $(stat -c %U "$1")${3:+; $3}"
free=$(df -Pm "$1" | awk 'NR == 2 { print $4 }')
[ "${free:-0}" -ge "$2" ] || die "the disk of $1 is full: ${free:-0} MB are free, $2 MB are needed${3:+; $3}"
