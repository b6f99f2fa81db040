/* clock: how long something takes. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Seconds since some moment, to the nanosecond; they go on whatever is done to the time of day. */
double clock_seconds(void);

#endif
