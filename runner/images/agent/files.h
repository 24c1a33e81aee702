/* Files of the working folder: every path is walked from it, component by component, and no link is ever followed. */

/* The folder that holds the last component of `path`, walked without following a link; -1 with errno. */
static int walk(const char *path, int make, char last[256]) {
  int folder = fcntl(work_fd, F_DUPFD_CLOEXEC, 3);
  for (;;) {
    size_t n = strcspn(path, "/");
    int bad = n == 0 || (n <= 2 && !strncmp(path, "..", n)) ? EINVAL : n > 255 ? ENAMETOOLONG : 0;
    if (bad || folder < 0) return shut(&folder), errno = bad ? bad : errno, -1;
    memcpy(last, path, n), last[n] = 0;
    if (!path[n]) return folder;
    /* Of what we make, whatever is in the way goes, a link above all. */
    if (make && mkdirat(folder, last, 0755) < 0 && unlinkat(folder, last, 0) == 0) mkdirat(folder, last, 0755);
    int next = openat(folder, last, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), why = errno;
    close(folder);
    folder = next, errno = why, path += n + 1;
  }
}
static int open_folder(const char *path) {
  char last[256];
  if (!*path) return openat(work_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int folder = walk(path, 0, last), fd = folder < 0 ? -1 : openat(folder, last, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), why = errno;
  return shut(&folder), errno = why, fd;
}
/* Opens a file below the working folder; one that is read or added to must be an ordinary file, one that is new replaces. */
static int open_file(const char *path, int flags, mode_t mode) {
  char last[256];
  struct stat is;
  int folder = walk(path, flags & O_CREAT, last);
  if (folder < 0) return -1;
  if (flags & O_CREAT) unlinkat(folder, last, 0);
  int fd = openat(folder, last, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600), why = errno;
  if (fd >= 0 && (fstat(fd, &is) < 0 || !S_ISREG(is.st_mode))) shut(&fd), why = EINVAL;
  if (fd >= 0 && (flags & O_CREAT)) fchmod(fd, mode & 0777);
  return close(folder), errno = why, fd;
}
static uint32_t put_file(struct reader *r) {
  mode_t mode = number(r, 2);
  int append = number(r, 1);
  int fd = open_file(text(r), append ? O_WRONLY | O_APPEND : O_WRONLY | O_CREAT | O_EXCL, mode), why = fd < 0 ? errno : 0;
  for (ssize_t n; fd >= 0 && !why && r->at < r->end; r->at += n)
    if ((n = write(fd, r->at, r->end - r->at)) < 0) why = errno, n = 0;
  shut(&fd);
  return why;
}
static void get_file(uint32_t id, struct reader *r) {
  uint64_t offset = number(r, 8), most = number(r, 4);
  struct stat is;
  int fd = open_file(text(r), O_RDONLY, 0);
  ssize_t n = fd < 0 || fstat(fd, &is) < 0 ? -1 : pread(fd, out + out_len + HEAD + 8, most < CHUNK ? most : CHUNK, offset & INT64_MAX);
  if (n < 0) emit_number(id, DONE, errno);
  else put_number(out + out_len + HEAD, is.st_size, 8), seal(id, DATA, 8 + n);
  shut(&fd);
}
static void list_folder(uint32_t id, struct reader *r) {
  int fd = open_folder(text(r));
  DIR *all = fd < 0 ? 0 : fdopendir(fd);
  if (!all) { emit_number(id, DONE, errno); shut(&fd); return; }
  unsigned char *start = out + out_len + HEAD, *to = start + 1;
  *start = 0;
  for (struct dirent *e; (e = readdir(all));) {
    struct stat is;
    size_t n = strlen(e->d_name) + 1;
    if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || fstatat(fd, e->d_name, &is, AT_SYMLINK_NOFOLLOW) < 0) continue;
    if (to + 9 + n > start + CHUNK) { *start = 1; break; }
    *to = S_ISREG(is.st_mode) ? '-' : S_ISDIR(is.st_mode) ? 'd' : S_ISLNK(is.st_mode) ? 'l' : 'o';
    put_number(to + 1, is.st_size, 8), memcpy(to + 9, e->d_name, n), to += 9 + n;
  }
  closedir(all);
  seal(id, ENTRIES, to - start);
}
