/* readersource: the whole reader (sniffing, unpacking, sources) as a source, so that flowtext() prints what it makes of a file. */
#ifndef LIB_READERSOURCE_H
#define LIB_READERSOURCE_H

#include "flow/source.h"

/* Unpacks up to READERSOURCE_MAX bytes at any ratio. The report's format and packing are told as its first two notes. */
enum { READERSOURCE_MAX = 4 << 20 };
extern const struct source_ops reader_source;

#endif
