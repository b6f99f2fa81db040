/* cmd_flows: `guardian flows`: any input as normalised flows, so that readers can be seen, tested and piped. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/config.h"
#include "cmd/options.h"
#include "cmd/scan_print.h"
#include "cmd/shown.h"
#include "flow/write.h"
#include "input/limits.h"

static const char synopsis[] = "flows [OPTIONS] FILE...";
static const char about[] =
	"Prints the flows of any input that `guardian scan` takes, one a line, with Zeek's field names; - is standard input.\n"
	"What could not be used is told on standard error.\n";

enum { FLUSH_BYTES = 1 << 16 };

struct output {
	enum flow_format format;
	struct text text;
	int failed; /* a write did not work, or memory is out: no file after this one */
};

static int flush(struct output *o)
{
	o->failed |= o->text.failed || (o->text.n > 0 && fwrite(o->text.p, 1, o->text.n, stdout) != o->text.n);
	text_clear(&o->text);
	return o->failed ? ERR_IO : OK;
}

static int take(void *arg, const struct flow *f)
{
	struct output *const o = arg;

	flow_write(&o->text, o->format, f);
	return o->text.n < FLUSH_BYTES ? OK : flush(o);
}

/* What a pipe has brought goes out before more of it is waited for. */
static int read_all(struct reader *r, int fd, struct output *o, struct err *e)
{
	static unsigned char buf[1 << 18];
	ssize_t n;
	int code = OK;

	while (code == OK && (n = read(fd, buf, sizeof(buf))) != 0) {
		if (n > 0 && (code = reader_feed(r, buf, (size_t)n, e)) == OK)
			code = flush(o) < 0 || fflush(stdout) != 0 ? ERR_IO : OK;
		else if (n < 0 && errno != EINTR)
			code = err_errno(e, ERR_IO, "cannot read");
	}
	return code == OK ? reader_finish(r, e) : code;
}

/* 0, ERR_* with its message in *e, or what the output returned. */
static int print_file(const char *name, const struct reader_options *limits, struct output *o, struct err *e)
{
	const int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
	struct reader *r = NULL;
	char text[SHOWN_NAME];
	int code;

	if (fd < 0)
		return err_errno(e, ERR_IO, "cannot open");
	if ((code = reader_new(&r, limits, &(struct sinks){ .flow = take, .arg = o }, e)) == OK) {
		const struct read_report *const report = reader_report(r);

		code = read_all(r, fd, o, e);
		if (report->format[0] != '\0') {
			fprintf(stderr, "%s: ", shown(text, sizeof(text), name));
			scan_print_input(stderr, report);
			fprintf(stderr, "%" PRIu64 " rows, %" PRIu64 " skipped\n", report->rows, report->rows_skipped);
		}
		scan_print_problems(stderr, name, report);
	}
	reader_del(r);
	if (fd != STDIN_FILENO)
		close(fd);
	return code;
}

int cmd_flows(int argc, char **argv)
{
	const char *format = "csv";
	const struct option table[] = {
		{ "format", OPT_TEXT, &format, 0, 0, "F", "csv, ndjson, or zeek" },
		{ 0 },
	};
	struct reader_options limits = { 0 };
	struct output o = { 0 };
	struct settings settings;
	struct err e = { 0 };
	int code, files, found;

	if (config_start(&settings, "flows", &code) < 0)
		return code;
	if ((files = options_start(table, synopsis, about, argc, argv, 1, -1, &code)) < 0)
		return code;
	if ((found = flow_format_find(format)) < 0 || found == FLOW_SEED) {
		fprintf(stderr, "guardian flows: --format: \"%s\" is neither csv, ndjson nor zeek\n", format);
		return EXIT_USAGE;
	}
	code = EXIT_DONE;
	if (limits_load(&limits, &settings, &e) < 0) {
		fprintf(stderr, "guardian flows: %s\n", e.msg);
		return EXIT_INPUT;
	}
	o.format = (enum flow_format)found;
	signal(SIGPIPE, SIG_DFL); /* the reader of a filter may go when it has enough */
	flow_write_head(&o.text, o.format, time(NULL));
	for (int i = 1; i <= files && !o.failed; i++) {
		char name[SHOWN_NAME];

		if (print_file(argv[i], &limits, &o, &e) == OK || o.failed)
			continue;
		fprintf(stderr, "guardian flows: %s: %s\n", shown(name, sizeof(name), argv[i]), e.msg);
		code = EXIT_INPUT;
	}
	flow_write_tail(&o.text, o.format, time(NULL));
	if (!o.failed)
		flush(&o);
	if (o.failed && !ferror(stdout))
		fputs("guardian flows: out of memory\n", stderr);
	text_free(&o.text);
	return o.failed ? EXIT_INPUT : code;
}
