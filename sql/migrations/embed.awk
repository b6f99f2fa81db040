# embed.awk: sql/migrations/NNN_name.sql ... -> the C table `migrations`. Numbers count from 001 without gaps. A file holds statements that
# may be repeated (IF NOT EXISTS): MariaDB commits each definition on its own, so a crash can come between it and its entry.
function refuse(text) { print FILENAME ": " text > "/dev/stderr"; bad = 1; exit 1 }
BEGIN { print "#include \"sql/migrate.h\"\n\nconst struct migration migrations[] = {" }
FNR == 1 {
	if (n++ > 0) print "\t},"
	file = FILENAME; sub(/.*\//, "", file)
	if (file !~ /^[0-9][0-9][0-9]_[a-z0-9_]+\.sql$/ || file + 0 != n) refuse("expected " sprintf("%03d_name.sql", n))
	name = file; sub(/\.sql$/, "", name); sub(/^[0-9]+_/, "", name)
	command = "sha256sum " FILENAME
	if ((command | getline sum) <= 0 || length(substr(sum, 1, index(sum, " ") - 1)) != 64) refuse("sha256sum failed")
	close(command)
	printf "\t{ %d, \"%s\", \"%s\",\n", n, name, substr(sum, 1, 64)
}
{
	if (/\\/) refuse("a backslash in line " FNR)
	gsub(/"/, "\\\""); print "\t  \"" $0 "\\n\""
}
END { if (!bad) print (n > 0 ? "\t},\n" : "") "};\nconst int migrations_n = " n + 0 ";" }
