/* config: the table of settings. */
#include "base/config.h"

#include <unistd.h>

static const char default_path[] = "/etc/guardian/guardian.conf";

static const struct setting table[] = {
	{ "model", "models/full.safetensors", "the model that scans use", "MODEL_PATH" },
	{ "model_basic", "models/basic.safetensors", "the model for files without hosts or times, where `model` needs them", NULL },
	{ "model_dir", "/var/lib/guardian/models",
	  "folder of models that were adapted on the page; the pool's user must be able to write there", NULL },
	{ "method", "auto", "hybrid, lstm, dense, or auto: hybrid where the model is calibrated, else lstm", NULL },
	{ "kernel", "auto", "auto, generic, avx2, avx512 or neon", NULL },
	{ "home_networks", "",
	  "networks whose hosts are the devices, as \"192.168.0.0/16 2001:db8::/48\"; empty: all private addresses", NULL },
	{ "oui", "/usr/share/ieee-data", "folder of the registry of makers of network cards: oui.csv, mam.csv, oui36.csv, iab.csv",
	  NULL },
	{ "threads", "0", "threads of `guardian scan`; 0: one for each processor", NULL },

	{ "database_url", "mysql://guardian@localhost/guardian?socket=/run/mysqld/mysqld.sock",
	  "mysql://user:password@host:port/database, with ?socket=/path for a unix socket", "DATABASE_URL" },
	{ "listen", "unix:/run/guardian/pages.sock", "where nginx reaches the page workers: unix:/path or address:port", NULL },
	{ "upload_listen", "unix:/run/guardian/uploads.sock", "where nginx reaches the upload workers", NULL },
	{ "workers", "0", "page workers; 0: one for each processor", NULL },
	{ "upload_workers", "0", "upload workers, which is how many scans and jobs run at a time; 0: as many as processors, but 2 at least", NULL },
	{ "user", "www-data", "whom the pool becomes when it is started by root", NULL },
	{ "max_requests", "10000", "a worker is replaced after so many requests; 0: never", NULL },
	{ "stuck_seconds", "60", "a worker that makes no progress on a request for so long is killed", NULL },
	{ "drain_seconds", "600", "how long a worker may go on with its request when it is asked to stop", NULL },
	{ "templates", "templates", "folder of the page templates", NULL },
	{ "spool_dir", "/var/tmp", "folder for temporary files of large scans", NULL },
	{ "max_upload", "2147483648", "bytes of the largest upload", NULL },
	{ "max_unpacked", "8589934592", "bytes that a compressed file may have when it is unpacked; 0: no limit", NULL },
	/* Captures measured 3 to 12, the most repetitive flood of packets 67; deflate ends at 1032, Zstandard near 30,000. */
	{ "max_ratio", "200", "how many times its size a compressed file may unpack to, looked at in each MiB; 0: no limit", NULL },
	{ "allowed_hosts", "localhost 127.0.0.1 [::1]", "names under which the site may be asked for, without ports", NULL },
	{ "public_url", "http://localhost:8080", "address of the site, for links in mails", NULL },
	{ "log_level", "info", "error, warn, info or debug", NULL },

	{ "alert_email", "", "who gets a mail when a scan finds anomalies", "ALERT_EMAIL" },
	{ "mail_server", "smtp.gmail.com", "SMTP server", "MAIL_SERVER" },
	{ "mail_port", "587", "its port; 465 is TLS from the start", "MAIL_PORT" },
	{ "mail_user", "", "account at the SMTP server; empty: none", "MAIL_USER" },
	{ "mail_pass", "", "its password", "MAIL_PASS" },
	{ "mail_from", "", "sender; empty: mail_user, or guardian@localhost", NULL },
	{ "mail_tls", "auto", "auto (required unless the server is on loopback), required or off", NULL },
	{ "mail_ca", "",
	  "PEM file of the certificates that may sign the mail server's, for one of your own; empty: those of the system", NULL },
	{ .name = NULL },
};

const struct setting *config_table(void)
{
	return table;
}

int config_load(struct settings *s, settings_getenv get, struct err *e)
{
	const char *const named = get("GUARDIAN_CONF");
	int r = OK;

	settings_init(s, table);
	if (named != NULL && named[0] != '\0')
		r = settings_load(s, named, e);
	else if (access(default_path, F_OK) == 0)
		r = settings_load(s, default_path, e);
	return r == OK ? settings_env(s, get, e) : r;
}
