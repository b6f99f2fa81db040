/* fault: what the numbers of errors of server and client library mean for us. */
#ifndef SQL_FAULT_H
#define SQL_FAULT_H

enum {
	FAULT_LOST = 1,      /* the connection is gone or of no use any more */
	FAULT_DEADLOCK = 2,  /* the transaction was undone; the same again may work */
	FAULT_DUPLICATE = 4, /* a unique key exists already */
	FAULT_LOCKED = 8,    /* a row is locked for longer than was waited */
};

struct fault {
	unsigned number;
	int code; /* ERR_* */
	int flags;
	const char *meaning; /* NULL: the server's words say it */
};

/* Never NULL. */
const struct fault *fault_of(unsigned number);

#endif
