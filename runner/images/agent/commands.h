/* Commands: a program that was started for the runner, its pipes, its limits and its end. */

static struct command *command_of(uint32_t id) {
  for (int i = 0; i < COMMANDS; i++) if (commands[i].id == id) return commands + i;
  return 0;
}
/* Signals a command; EVERYTHING is every process of the container, which only PID 1 may mean. */
static int strike(struct command *c, int which, int scope) {
  if (scope == EVERYTHING && getpid() == 1) return kill(-1, which);
  if (c->ended) return errno = ESRCH, -1;
  return scope != PROCESS && kill(-c->pid, which) == 0 ? 0 : kill(c->pid, which);
}
static void stop(struct command *c, int limit) {
  if (!c->limit) c->limit = limit;
  strike(c, SIGKILL, c->flags & OWNER ? EVERYTHING : c->nested ? PROCESS : GROUP);
}
static void emit_exit(struct command *c) {
  unsigned char *p = out + out_len + HEAD;
  p[0] = WIFSIGNALED(c->code), p[1] = p[0] ? WTERMSIG(c->code) : WEXITSTATUS(c->code), p[2] = c->limit;
  put_number(p + 3, c->failed[0], 4), put_number(p + 7, c->failed[1], 4);
  put_number(p + 11, c->used.ru_utime.tv_sec * 1000000ull + c->used.ru_utime.tv_usec, 8);
  put_number(p + 19, c->used.ru_stime.tv_sec * 1000000ull + c->used.ru_stime.tv_usec, 8);
  put_number(p + 27, c->used.ru_maxrss, 8), put_number(p + 35, c->wall, 8);
  put_number(p + 43, count(OOM_FD, "oom_kill ") - c->oom, 4), put_number(p + 47, count(PIDS_FD, "max ") - c->refused, 4);
  seal(c->id, EXIT, 51);
}

/* Turns the forked child into the learner's program; comes back only when that is impossible. */
static void become(struct request *q) {
  sigset_t none;
  sigemptyset(&none);
  for (int i = 1; i < 65; i++) signal(i, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, 0);
  int folder = open_folder(q->cwd);
  if (folder < 0 || fchdir(folder) < 0) return;
  for (int i = 0; i < q->limits; i++) {
    struct rlimit both = { q->value[i], q->value[i] };
    if (setrlimit(q->resource[i], &both) < 0) return;
  }
  if (strchr(q->argv[0], '/')) { execve(q->argv[0], q->argv, q->env); return; }
  const char *path = "/usr/local/bin:/usr/bin:/bin";
  for (char **e = q->env; *e; e++) if (!strncmp(*e, "PATH=", 5)) path = *e + 5;
  for (int why = ENOENT; ; path++) {
    char at[4096];
    int n = strcspn(path, ":");
    if (snprintf(at, sizeof at, "%.*s/%s", n, path, q->argv[0]) < (int)sizeof at) execve(at, q->argv, q->env);
    if (errno != ENOENT && errno != ENOTDIR) why = errno;
    if (!*(path += n)) { errno = why; return; }
  }
}
static void spawn(uint32_t id, struct request *q, int nested) {
  int p[8] = { -1, -1, -1, -1, -1, -1, -1, -1 }, ok = 1;
  struct command *c = command_of(0);
  if (!c || command_of(id)) _exit(MALFORMED);
  memset(c, 0, sizeof *c);
  c->id = id, c->input = inputs[c - commands], c->flags = q->flags, c->cap = q->cap, c->nested = nested, c->begun = now();
  c->oom = count(OOM_FD, "oom_kill "), c->refused = count(PIDS_FD, "max ");
  if (q->wall) c->deadline = c->begun + q->wall * 1000000ull;
  for (int i = q->flags & OPEN_STDIN ? 0 : 2; i < 8; i += 2) ok = ok && pipe2(p + i, O_CLOEXEC) == 0;
  if (!(q->flags & OPEN_STDIN)) p[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
  int mine[4] = { p[1], p[2], p[4], p[6] }, theirs[4] = { p[0], p[3], p[5], p[7] };
  for (int i = 0; ok && i < 4; i++) if (mine[i] >= 0) fcntl(mine[i], F_SETFL, O_NONBLOCK);
  offer(1);
  childless = 0;
  c->pid = !ok ? -1 : nested ? syscall(SYS_clone, NAMESPACES | SIGCHLD, 0, 0, 0, 0) : fork();
  c->failed[0] = c->pid < 0 ? errno : 0, c->failed[1] = __LINE__;
  if (c->pid == 0) {
    setsid();
    for (int i = 0; i < 3; i++) dup2(theirs[i], i);
    if (nested) c->failed[1] = enter(q);
    else become(q), c->failed[1] = __LINE__;
    c->failed[0] = errno;
    _exit(write(theirs[3], c->failed, sizeof c->failed) < 0 ? 126 : 127);
  }
  offer(0);
  for (int i = 0; i < 4; i++) shut(theirs + i);
  c->in = mine[0], c->out = mine[1], c->err = mine[2], c->status = mine[3];
  if (c->pid > 0) return;
  shut(&c->in), shut(&c->out), shut(&c->err), shut(&c->status);
  emit_exit(c);
  c->id = 0;
}

/* One read of a command's output. True when there may be more: something was read, or there is no room for it now. */
static int relay(struct command *c, int *fd, uint8_t type) {
  size_t want = room() - HEAD, left = c->cap - c->sent;
  if (*fd < 0) return 0;
  if (room() < SMALL) return 1;
  if (want > CHUNK) want = CHUNK;
  if (c->cap && want > left) want = left + 1;
  ssize_t n = read(*fd, out + out_len + HEAD, want);
  if (n == 0) shut(fd);
  if (n <= 0) return 0;
  if (c->ended) c->drained += n;
  int over = c->cap && (size_t)n > left;
  if ((n -= over)) seal(c->id, type, n), c->sent += n;
  if (over) stop(c, OUTPUT), shut(&c->out), shut(&c->err);
  return !over;
}
static void feed(struct command *c) {
  while (c->held && room() >= SMALL) {
    ssize_t n = c->in < 0 ? -1 : write(c->in, c->input, c->held);
    if (n < 0 && c->in >= 0 && errno == EAGAIN) return;
    if (n < 0) n = c->held, shut(&c->in);
    memmove(c->input, c->input + n, c->held -= n);
    emit_number(c->id, CREDIT, n);
  }
  if (c->closing && !c->held) shut(&c->in);
}
