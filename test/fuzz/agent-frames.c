/*
 * The agent's way in, under a fuzzer: frames in any pieces, whose files are really written and whose programs are only pretended.
 * The input's first byte says how large the pieces are, whether it is an agent that nests, and which commands end.
 * Built with -DREPLAY it runs the files named as arguments once each and says how many.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static jmp_buf ended;
static void fuzz_exit(int code) { longjmp(ended, code + 1); }
static long nobody(void) { return 999999999; } /* above every process number there is */

#define main agent_main
#define _exit fuzz_exit
#define fork() (pid_t)nobody()
#define syscall(...) nobody()
#define kill(...) (errno = ESRCH, -1)
#include "../../runner/images/agent/agent.c"
#undef main
#undef _exit
#undef kill

static char base[4096]; /* in the folder that this was started in, which its starter removes */

static int delete_one(const char *path, const struct stat *is, int kind, struct FTW *where) {
  (void)is, (void)kind;
  if (where->level > 1 || (where->level == 1 && strcmp(path + strlen(base), "/work"))) remove(path);
  return 0;
}
static void wipe(void) {
  nftw(base, delete_one, 16, FTW_DEPTH | FTW_PHYS);
}
static void set_up(void) {
  char folder[4200];
  if (!getcwd(base, sizeof base - 32) || !mkdtemp(strcat(base, "/agent-frames-XXXXXX"))) abort();
  snprintf(folder, sizeof folder, "%s/work", base);
  if (mkdir(folder, 0755) < 0 || chdir(folder) < 0) abort();
  strcpy(work, "/work");
  work_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  adjust_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
  signal(SIGPIPE, SIG_IGN);
}
/* Nothing beside the working folder, ever. */
static void check_outside(void) {
  DIR *all = opendir(base);
  for (struct dirent *e; (e = readdir(all));) if (*e->d_name != '.' && strcmp(e->d_name, "work")) abort();
  closedir(all);
}
/* What is said is whole frames that the runner knows. */
static void check_out(void) {
  size_t at = 0;
  while (at < out_len) {
    if (out_len - at < HEAD || out[at + 8] < READY || out[at + 8] > CREDIT) abort();
    size_t length = number_at(out + at, 4);
    if (length > PAYLOAD || out_len - at < HEAD + length) abort();
    at += HEAD + length;
  }
  out_len = 0;
}
static void forget(void) {
  for (struct command *c = commands; c < commands + COMMANDS; c++) {
    if (c->id) shut(&c->in), shut(&c->out), shut(&c->err), shut(&c->status);
    c->id = 0;
  }
  in_len = out_len = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  static unsigned runs;
  static volatile size_t at;
  if (!runs) set_up();
  if (++runs % 256 == 0) check_outside(), wipe();
  if (size == 0) return 0;
  uint8_t how = bytes[0];
  nesting = how & 1;
  size_t piece = how & 2 ? 7 : how & 4 ? 1000 : sizeof in;
  childless = 1;
  at = 1;
  if (!setjmp(ended)) {
    while (at < size) {
      size_t n = size - at < piece ? size - at : piece;
      if (n > sizeof in - in_len) n = sizeof in - in_len;
      memcpy(in + in_len, bytes + at, n);
      in_len += n, at += n;
      listen_to_runner();
      for (struct command *c = commands; c < commands + COMMANDS; c++) {
        if (!c->id) continue;
        if (how & 8 && c->id & 1) c->ended = 1;
        attend(c);
      }
      check_out();
    }
  }
  forget();
  return 0;
}

#ifdef REPLAY
int main(int argc, char **argv) {
  static uint8_t bytes[1 << 20];
  for (int i = 1; i < argc; i++) {
    int fd = open(argv[i], O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n < 0) return 2;
    close(fd);
    LLVMFuzzerTestOneInput(bytes, n);
  }
  check_outside(), wipe();
  printf("%d replayed\n", argc - 1);
  return 0;
}
#endif
