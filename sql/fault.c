/* fault: a table of the errors that mean something to us. */
#include "sql/fault.h"

#include <stddef.h>

#include <errmsg.h>
#include <mysqld_error.h>

#include "base/err.h"

static const char gone[] = "does not answer";
static const char down[] = "is shutting down";
static const char read_only[] = "takes no changes now, it is read-only";
static const char full[] = "cannot store, its disk is full";
static const char busy[] = "takes no more connections now";
static const char refused[] = "refuses our account: check user, password and rights in the database URL";
static const char schema[] = "does not have our tables: run guardiand migrate";
static const char large[] = "does not take a text of this length";

static const struct fault faults[] = {
	{ CR_CONNECTION_ERROR, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_CONN_HOST_ERROR, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_UNKNOWN_HOST, ERR_UNAVAILABLE, FAULT_LOST, "cannot be reached: its host name is not known" },
	{ CR_SERVER_GONE_ERROR, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_SERVER_LOST, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_SERVER_LOST_EXTENDED, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_SERVER_HANDSHAKE_ERR, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_SSL_CONNECTION_ERROR, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ CR_NET_PACKET_TOO_LARGE, ERR_RANGE, FAULT_LOST, large },
	{ CR_OUT_OF_MEMORY, ERR_NOMEM, FAULT_LOST, NULL },
	{ ER_NET_PACKET_TOO_LARGE, ERR_RANGE, FAULT_LOST, large },
	{ ER_DATA_TOO_LONG, ERR_RANGE, 0, large },
	{ ER_WARN_DATA_OUT_OF_RANGE, ERR_RANGE, 0, NULL },
	{ ER_SERVER_SHUTDOWN, ERR_UNAVAILABLE, FAULT_LOST, down },
	{ ER_NORMAL_SHUTDOWN, ERR_UNAVAILABLE, FAULT_LOST, down },
	{ ER_CONNECTION_KILLED, ERR_UNAVAILABLE, FAULT_LOST, down },
	{ ER_ABORTING_CONNECTION, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ ER_NEW_ABORTING_CONNECTION, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ ER_NET_READ_ERROR, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ ER_NET_READ_INTERRUPTED, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ ER_NET_ERROR_ON_WRITE, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ ER_NET_WRITE_INTERRUPTED, ERR_UNAVAILABLE, FAULT_LOST, gone },
	{ ER_QUERY_INTERRUPTED, ERR_UNAVAILABLE, 0, "was told to stop what we asked for" },
	{ ER_STATEMENT_TIMEOUT, ERR_UNAVAILABLE, 0, "took too long" },
	{ ER_CON_COUNT_ERROR, ERR_UNAVAILABLE, FAULT_LOST, busy },
	{ ER_TOO_MANY_USER_CONNECTIONS, ERR_UNAVAILABLE, FAULT_LOST, busy },
	{ ER_USER_LIMIT_REACHED, ERR_UNAVAILABLE, 0, busy },
	{ ER_CANT_CREATE_THREAD, ERR_UNAVAILABLE, FAULT_LOST, busy },
	{ ER_OUT_OF_RESOURCES, ERR_UNAVAILABLE, 0, "is out of memory" },
	{ ER_OUTOFMEMORY, ERR_UNAVAILABLE, 0, "is out of memory" },
	{ ER_MAX_PREPARED_STMT_COUNT_REACHED, ERR_UNAVAILABLE, 0, "takes no more prepared statements now" },
	/* A new connection may find the server that can write. */
	{ ER_OPTION_PREVENTS_STATEMENT, ERR_UNAVAILABLE, FAULT_LOST, read_only },
	{ ER_READ_ONLY_MODE, ERR_UNAVAILABLE, FAULT_LOST, read_only },
	{ ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION, ERR_UNAVAILABLE, 0, read_only },
	{ ER_OPEN_AS_READONLY, ERR_UNAVAILABLE, 0, read_only },
	{ ER_DISK_FULL, ERR_UNAVAILABLE, 0, full },
	{ ER_RECORD_FILE_FULL, ERR_UNAVAILABLE, 0, full },
	{ ER_ERROR_ON_WRITE, ERR_UNAVAILABLE, 0, "cannot write its files" },
	{ ER_GET_ERRNO, ERR_UNAVAILABLE, 0, "cannot use its files" },
	{ ER_ERROR_DURING_COMMIT, ERR_UNAVAILABLE, 0, "cannot store" },
	{ ER_LOCK_WAIT_TIMEOUT, ERR_UNAVAILABLE, FAULT_LOCKED, "is busy: another connection kept a lock for too long" },
	{ ER_LOCK_DEADLOCK, ERR_UNAVAILABLE, FAULT_DEADLOCK, "is busy: a deadlock with another connection" },
	{ ER_UNKNOWN_COM_ERROR, ERR_UNAVAILABLE, FAULT_LOST, "is not ready" }, /* also a node outside of its cluster */
	{ ER_ACCESS_DENIED_ERROR, ERR_UNAVAILABLE, FAULT_LOST, refused },
	{ ER_ACCESS_DENIED_NO_PASSWORD_ERROR, ERR_UNAVAILABLE, FAULT_LOST, refused },
	{ ER_DBACCESS_DENIED_ERROR, ERR_UNAVAILABLE, FAULT_LOST, refused },
	{ ER_TABLEACCESS_DENIED_ERROR, ERR_UNAVAILABLE, 0, "does not allow this to our account: check its rights" },
	{ ER_HOST_NOT_PRIVILEGED, ERR_UNAVAILABLE, FAULT_LOST, "does not let this host in" },
	{ ER_HOST_IS_BLOCKED, ERR_UNAVAILABLE, FAULT_LOST, "does not let this host in" },
	{ ER_BAD_DB_ERROR, ERR_UNAVAILABLE, FAULT_LOST, "does not have the database that the URL names" },
	{ ER_NO_SUCH_TABLE, ERR_UNAVAILABLE, 0, schema },
	{ ER_BAD_FIELD_ERROR, ERR_UNAVAILABLE, 0, schema },
	{ ER_DUP_ENTRY, ERR_CONFLICT, FAULT_DUPLICATE, "has a row with this key" },
	{ ER_NO_REFERENCED_ROW_2, ERR_NOT_FOUND, 0, "does not have the row that this belongs to" },
};

const struct fault *fault_of(unsigned number)
{
	/* Whatever else the client library says of itself leaves the connection in a state that nobody knows. */
	static const struct fault client = { 0, ERR_UNAVAILABLE, FAULT_LOST, "cannot be used" };
	static const struct fault server = { 0, ERR_IO, 0, NULL };

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].number == number)
			return &faults[i];
	return (number >= CR_MIN_ERROR && number <= CR_MAX_ERROR) || number >= 5000 ? &client : &server;
}
