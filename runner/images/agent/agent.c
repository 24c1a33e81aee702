/*
 * The resident agent: PID 1 of a warm container. It takes files and commands over stdin and answers over stdout (frames.h), so
 * that a submission costs no call to the container engine. It believes the runner (stdin) and nobody else.
 *
 * Learners' programs have the agent's uid. What keeps them away from it: it is not dumpable (no ptrace, no /proc/1/fd), PID 1
 * cannot be killed from inside, its descriptors are close-on-exec, programs have pipes of their own, and the filter of walls.h
 * refuses what could slow it or limit it. It never waits for a program: pipes do not block, and a full way out only stops reading.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

enum { COMMANDS = 16, ARGS = 1024, OOM_FD = 3, PIDS_FD = 4, PIPE_MOST = 1 << 20 };

struct command {
  uint32_t id, cap, sent, oom, refused, failed[2]; /* errno and line when it could not start */
  pid_t pid;
  int in, out, err, status, ended, code, nested, closing, drained;
  uint8_t flags, limit;
  uint64_t begun, deadline, wall;
  struct rusage used;
  size_t held;
  unsigned char *input; /* of its place in inputs, which costs memory only where it is used */
};
struct request {
  uint8_t flags, limits, resource[16];
  uint32_t wall, cap, kib, inodes;
  uint64_t value[16];
  char *cwd, *argv[ARGS + 1], *env[ARGS + 1];
};

static struct command commands[COMMANDS];
static unsigned char inputs[COMMANDS][WINDOW];
static int work_fd, children_fd, adjust_fd, childless, nesting, knows;
static char work[4096], own_score[16];
static uid_t outer_uid;
static gid_t outer_gid;
static void begin(void);

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}
static void shut(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

/* The kernel shall choose a program, not the agent, when memory runs out. A child inherits the score, and cannot set its own. */
static void offer(int child) {
  const char *score = child ? "1000" : own_score;
  if (write(adjust_fd, score, strlen(score)) < 0) return;
}
/* How often the kernel has done something to this container, by a word in one of its control group's files. */
static uint32_t count(int fd, const char *word) {
  char all[1024];
  ssize_t n = pread(fd, all, sizeof all - 1, 0);
  all[n < 0 ? 0 : n] = 0;
  char *found = strstr(all, word);
  return found ? strtoul(found + strlen(word), 0, 10) : 0;
}

#include "files.h"
#include "walls.h"
#include "commands.h"

/* Everything a command needs now; at its end, what is left in its pipes and then `exit`. */
static void attend(struct command *c) {
  if (c->deadline && !c->ended && !c->limit && now() >= c->deadline) stop(c, TIME);
  feed(c), relay(c, &c->out, STDOUT), relay(c, &c->err, STDERR);
  if (c->status >= 0 && room() >= SMALL) {
    ssize_t n = read(c->status, c->failed, sizeof c->failed);
    if (n == 0) emit_number(c->id, STARTED, c->pid);
    if (n >= 0) shut(&c->status);
  }
  if (!c->ended || (c->flags & OWNER && !childless)) return;
  while (c->drained < PIPE_MOST && (relay(c, &c->out, STDOUT) | relay(c, &c->err, STDERR))) if (room() < SMALL) return;
  if (room() < SMALL) return;
  shut(&c->in), shut(&c->out), shut(&c->err), shut(&c->status);
  emit_exit(c);
  c->id = 0;
}
/* Collects the dead. A command's group is killed before its leader is collected, while its number cannot be anyone else's. */
static void reap(void) {
  for (siginfo_t dead;;) {
    struct rusage used;
    int code;
    dead.si_pid = 0;
    if (waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT | __WALL) < 0) { childless = errno == ECHILD; return; }
    if (!dead.si_pid) return;
    struct command *c = commands;
    while (c < commands + COMMANDS && !(c->id && !c->ended && c->pid == dead.si_pid)) c++;
    if (c < commands + COMMANDS && !c->nested) kill(-c->pid, SIGKILL);
    if (wait4(dead.si_pid, &code, __WALL, &used) < 0 || c == commands + COMMANDS) continue;
    c->code = code, c->used = used, c->wall = now() - c->begun, c->ended = 1;
    if (c->flags & OWNER) strike(c, SIGKILL, EVERYTHING);
  }
}

static void run(uint32_t id, struct reader *r) {
  static struct request q;
  q.flags = number(r, 1), q.wall = number(r, 4), q.cap = number(r, 4), q.limits = number(r, 1);
  if (q.limits > 16) _exit(MALFORMED);
  for (int i = 0; i < q.limits; i++) q.resource[i] = number(r, 1), q.value[i] = number(r, 8);
  unsigned argc = number(r, 2), envc = number(r, 2);
  if (nesting || argc < 1 || argc > ARGS || envc > ARGS) _exit(MALFORMED);
  q.cwd = text(r);
  for (unsigned i = 0; i < argc; i++) q.argv[i] = text(r);
  for (unsigned i = 0; i < envc; i++) q.env[i] = text(r);
  q.argv[argc] = q.env[envc] = 0;
  spawn(id, &q, 0);
}
static void nest(uint32_t id, struct reader *r) {
  static struct request q;
  q.flags = OPEN_STDIN, q.wall = number(r, 4), q.kib = number(r, 4), q.inodes = number(r, 4);
  if (!nesting) _exit(MALFORMED);
  spawn(id, &q, 1);
}
static void input(struct command *c, struct reader *r) {
  size_t n = r->end - r->at;
  if (!c) return;
  if (n > WINDOW - c->held || c->closing) _exit(MALFORMED);
  memcpy(c->input + c->held, r->at, n);
  c->held += n, c->closing = n == 0;
}
static void obey(uint32_t id, uint8_t type, struct reader *r) {
  if (type == PUT) emit_number(id, DONE, put_file(r));
  else if (type == GET) get_file(id, r);
  else if (type == LIST) list_folder(id, r);
  else if (type == RUN && id) run(id, r);
  else if (type == NEST && id) nest(id, r);
  else if (type == INPUT && id) input(command_of(id), r);
  else if (type == SIGNAL && id) {
    struct command *c = command_of(id);
    int which = number(r, 1), scope = number(r, 1);
    emit_number(id, DONE, !c ? ESRCH : strike(c, which, scope) < 0 ? errno : 0);
  } else _exit(MALFORMED);
}
/* Obeys every whole frame that has arrived, as long as there is room for the longest answer. */
static void listen_to_runner(void) {
  size_t at = 0;
  while (in_len - at >= HEAD && room() > CHUNK + SMALL) {
    size_t length = number_at(in + at, 4);
    if (length > PAYLOAD) _exit(MALFORMED);
    if (in_len - at < HEAD + length) break;
    struct reader r = { in + at + HEAD, in + at + HEAD + length };
    obey(number_at(in + at + 4, 4), in[at + 8], &r);
    at += HEAD + length;
  }
  memmove(in, in + at, in_len -= at);
}
static void speak(void) {
  ssize_t n = write(1, out, out_len);
  if (n < 0 && errno != EAGAIN) _exit(0);
  if (n > 0) memmove(out, out + n, out_len -= n);
}
static void serve(void) {
  struct pollfd p[3 + 4 * COMMANDS];
  for (;;) {
    int n = 3, wait = -1;
    p[0] = (struct pollfd){ in_len < sizeof in && room() > CHUNK + SMALL ? 0 : -1, POLLIN, 0 };
    p[1] = (struct pollfd){ out_len ? 1 : -1, POLLOUT, 0 };
    p[2] = (struct pollfd){ children_fd, POLLIN, 0 };
    for (struct command *c = commands; c < commands + COMMANDS; c++) {
      if (!c->id) continue;
      int busy = room() < SMALL;
      p[n++] = (struct pollfd){ busy || !c->held ? -1 : c->in, POLLOUT, 0 };
      p[n++] = (struct pollfd){ busy ? -1 : c->out, POLLIN, 0 };
      p[n++] = (struct pollfd){ busy ? -1 : c->err, POLLIN, 0 };
      p[n++] = (struct pollfd){ busy ? -1 : c->status, POLLIN, 0 };
      if (!c->deadline || c->ended || c->limit) continue;
      int64_t left = (int64_t)(c->deadline - now()) / 1000000 + 1;
      if (left < 0) left = 0;
      if (wait < 0 || left < wait) wait = left;
    }
    if (poll(p, n, wait) < 0 && errno != EINTR) _exit(1);
    struct signalfd_siginfo told[8];
    if (p[2].revents && read(children_fd, told, sizeof told) > 0) reap();
    if (p[0].revents) {
      ssize_t got = read(0, in + in_len, sizeof in - in_len);
      if (got == 0 || (got < 0 && errno != EAGAIN)) _exit(0);
      if (got > 0) in_len += got;
    }
    listen_to_runner();
    for (struct command *c = commands; c < commands + COMMANDS; c++) if (c->id) attend(c);
    if (out_len) speak();
  }
}
/* Makes this process an agent: the first one, or the first process of new namespaces. */
static void begin(void) {
  static const struct rlimit none = { 0, 0 };
  sigset_t child;
  memset(commands, 0, sizeof commands), in_len = out_len = 0;
  signal(SIGPIPE, SIG_IGN), umask(022), setrlimit(RLIMIT_CORE, &none);
  fcntl(0, F_SETFL, O_NONBLOCK), fcntl(1, F_SETFL, O_NONBLOCK);
  adjust_fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  if (!*own_score && read(adjust_fd, own_score, sizeof own_score - 1) < 1) strcpy(own_score, "0");
  offer(0); /* the first process of new namespaces has inherited a child's score */
  work_fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  sigemptyset(&child), sigaddset(&child, SIGCHLD), sigprocmask(SIG_SETMASK, &child, 0);
  children_fd = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (work_fd < 0 || children_fd < 0 || (!nesting && confine() < 0)) _exit(1);
  out[HEAD] = 1, out[HEAD + 1] = knows;
  seal(0, READY, 2);
  serve();
}
/* The control group's counters get fixed numbers, because they stay open where no /sys can be seen. */
static int keep(int at, const char *v2, const char *v1) {
  int fd = open(v2, O_RDONLY | O_CLOEXEC), known = 1;
  if (fd < 0) fd = open(v1, O_RDONLY | O_CLOEXEC);
  if (fd < 0) known = 0, fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (fd != at) dup3(fd, at, O_CLOEXEC), close(fd);
  return known;
}
int main(int argc, char **argv) {
  nesting = argc == 2 && !strcmp(argv[1], "nest");
  syscall(SYS_close_range, 3, ~0u, 0);
  outer_uid = geteuid(), outer_gid = getegid();
  if (!getcwd(work, sizeof work)) return 1;
  knows = keep(OOM_FD, "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control");
  knows |= keep(PIDS_FD, "/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events") << 1;
  begin();
}
