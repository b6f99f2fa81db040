/* streams: standard input, output and error of a program. */
#ifndef BASE_STREAMS_H
#define BASE_STREAMS_H

/*
 * A standard stream that was closed must not become the descriptor of the next file, socket or connection that is opened: reads and writes of it
 * still fail. First thing in main().
 */
void streams_keep_apart(void);

/* Last thing in main(): whether all that was printed has reached its reader. If not (full disk, closed pipe), standard error has a line that
 * starts with the program's name. */
int streams_flushed(const char *program);

#endif
