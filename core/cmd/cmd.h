/*
 * cmd: the commands of `guardian`. One function and one file each; main.c has the table.
 *
 * A command gets its arguments without the program's name (argv[0] is the command's). It returns the exit code:
 * 0 done, 1 the input is wrong, 2 the usage is wrong. Results go to stdout, progress and messages to stderr.
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H


enum { EXIT_DONE = 0, EXIT_INPUT = 1, EXIT_USAGE = 2 };

int cmd_scan(int argc, char **argv);
int cmd_evaluate(int argc, char **argv);
int cmd_flows(int argc, char **argv);
int cmd_generate(int argc, char **argv);
int cmd_train(int argc, char **argv);
int cmd_threshold(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_info(int argc, char **argv);

#endif
