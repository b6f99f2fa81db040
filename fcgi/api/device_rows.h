/* device_rows: who took part in a scan, as the database keeps it. */
#ifndef API_DEVICE_ROWS_H
#define API_DEVICE_ROWS_H

#include <stddef.h>

#include "base/err.h"
#include "detect/roster.h"
#include "sql/store_device.h"

struct device_rows;

/* After the scan's end. Devices without an address are left out. Release with device_rows_del(). ERR_NOMEM. */
int device_rows_new(struct device_rows **out, const struct scan *scan, struct roster *roster, struct err *e);
size_t device_rows_get(struct device_rows *r, struct device_row **out);
void device_rows_del(struct device_rows *r);

#endif
