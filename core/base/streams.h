/* streams: standard input, output and error of a program. */
#ifndef BASE_STREAMS_H
#define BASE_STREAMS_H

/*
 * A standard stream that was closed must not become the descriptor of the next file, socket or connection that is opened: reads and writes of it
 * still fail. First thing in main().
 */
void streams_keep_apart(void);

#endif
