/*
 * Walls that the agent builds by itself: the filter that every learner's program runs under, and namespaces within the
 * container's. An agent that may make namespaces needs a looser container; the filter takes that back from everyone below it.
 */
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>

#define NAMESPACES (0x10000000 | 0x20000000 | 0x00020000 | 0x40000000 | 0x08000000 | 0x04000000) /* user pid mount net ipc uts */
#define NEW_ANY (NAMESPACES | 0x02000000) /* and cgroup; a new time namespace needs another call */
#if defined(__x86_64__)
enum { ARCHITECTURE = 0xc000003e };
#else
enum { ARCHITECTURE = 0xc00000b7 };
#endif
enum { LAST_KNOWN = 462 }; /* mseal; the kernel's later calls do not exist in here */

struct rule { uint16_t code; uint8_t yes, no; uint32_t k; };
struct rules { uint16_t count; struct rule *rule; };

/* What a program never needs and the container engine's own filter refuses as well, and what reaches for other processes. */
static const uint16_t refused[] = {
  SYS_unshare, SYS_setns, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_mount_setattr, SYS_move_mount, SYS_open_tree,
  SYS_fsopen, SYS_fsconfig, SYS_fsmount, SYS_fspick, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise,
  448 /* process_mrelease */, SYS_pidfd_getfd, SYS_kcmp, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key,
  SYS_request_key, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_io_setup /* one table for the whole machine */,
  SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl,
  443 /* quotactl_fd */, SYS_sethostname, SYS_setdomainname, SYS_settimeofday, SYS_clock_settime, SYS_syslog, SYS_personality, SYS_vhangup,
  SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init, SYS_lookup_dcookie, SYS_move_pages, SYS_migrate_pages, SYS_mbind,
  SYS_set_mempolicy, SYS_get_mempolicy, SYS_nfsservctl,
#if defined(__x86_64__)
  SYS_kexec_file_load, SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl, SYS_create_module,
  SYS_get_kernel_syms, SYS_query_module,
#endif
};
/* Fine for a program on itself, not on the agent, whose number is 1 for everyone below it. */
static const uint16_t not_on_agent[] = { SYS_prlimit64, SYS_sched_setaffinity, SYS_sched_setscheduler, SYS_sched_setparam, SYS_sched_setattr };

static int confine(void) {
  enum { LOAD = 0x20, EQUAL = 0x15, ABOVE = 0x25, ANY_BIT = 0x45, RETURN = 0x06 };
  enum { NUMBER = 0, ARCH = 4, FIRST = 16, SECOND = 24, OK = 0x7fff0000, KILL = 0x80000000u, NO = 0x50000 | EPERM, NONE = 0x50000 | ENOSYS };
  enum { NO_FAMILY = 0x50000 | EAFNOSUPPORT };
  static const uint32_t families[] = { AF_UNIX, AF_INET, AF_INET6, AF_NETLINK };
  static struct rule f[512];
  int n = 0;
#define RULE(...) f[n++] = (struct rule){ __VA_ARGS__ }
  RULE(LOAD, 0, 0, ARCH), RULE(EQUAL, 1, 0, ARCHITECTURE), RULE(RETURN, 0, 0, KILL);
  RULE(LOAD, 0, 0, NUMBER), RULE(ABOVE, 0, 1, LAST_KNOWN), RULE(RETURN, 0, 0, NONE);
  RULE(EQUAL, 0, 1, SYS_clone3), RULE(RETURN, 0, 0, NONE);
  for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) RULE(EQUAL, 0, 1, refused[i]), RULE(RETURN, 0, 0, NO);
  RULE(EQUAL, 0, 4, SYS_clone), RULE(LOAD, 0, 0, FIRST), RULE(ANY_BIT, 0, 1, NEW_ANY), RULE(RETURN, 0, 0, NO), RULE(RETURN, 0, 0, OK);
  for (unsigned i = 0; i < sizeof not_on_agent / sizeof *not_on_agent; i++) {
    RULE(EQUAL, 0, 4, not_on_agent[i]), RULE(LOAD, 0, 0, FIRST), RULE(EQUAL, 0, 1, 1), RULE(RETURN, 0, 0, NO), RULE(RETURN, 0, 0, OK);
  }
  for (int i = 0; i < 2; i++) { /* one process, which is not the agent; `ioprio_set` numbers that from 1 */
    RULE(EQUAL, 0, 6, i ? SYS_ioprio_set : SYS_setpriority), RULE(LOAD, 0, 0, FIRST), RULE(EQUAL, 0, 2, i);
    RULE(LOAD, 0, 0, SECOND), RULE(EQUAL, 0, 1, 1), RULE(RETURN, 0, 0, NO), RULE(RETURN, 0, 0, OK);
  }
  /* Other families of sockets know no network namespace, or are ways into the kernel. */
  RULE(EQUAL, 0, 7, SYS_socket), RULE(LOAD, 0, 0, FIRST);
  for (int i = 0; i < 4; i++) RULE(EQUAL, 4 - i, 0, families[i]);
  RULE(RETURN, 0, 0, NO_FAMILY), RULE(RETURN, 0, 0, OK);
  RULE(RETURN, 0, 0, OK);
  struct rules all = { n, f };
  return prctl(PR_SET_SECCOMP, 2, &all, 0, 0);
}

static int say(const char *path, const char *what) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  int n = fd < 0 ? -1 : write(fd, what, strlen(what));
  return shut(&fd), n;
}
static int bind_to(const char *from, const char *to, int is_file) {
  int fd = is_file ? open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0444) : mkdir(to, 0755);
  return fd < 0 ? -1 : ((is_file ? close(fd) : 0), mount(from, to, 0, MS_BIND | MS_REC, 0));
}
#define TRY(call) if ((call) < 0) return __LINE__
/* In a process already cloned into NAMESPACES: its own root, then no power over it. Serves and never returns, or returns the line
 * that failed, with errno. */
static int enter(struct request *q) {
  static const char *const kept[] = { "usr", "etc", "opt", "var", "bin", "sbin", "lib", "lib32", "lib64" };
  static const char *const devices[] = { "null", "zero", "full", "random", "urandom" };
  static const char *const hidden[] = { "kcore", "keys", "key-users", "timer_list", "sched_debug", "latency_stats", "sysrq-trigger" };
  static const char *const links[][2] = { { "/proc/self/fd", "fd" }, { "fd/0", "stdin" }, { "fd/1", "stdout" }, { "fd/2", "stderr" } };
  const uint64_t fixed[4] = { 1 | 2 | 4, 0, 0, 0 }; /* read-only, nosuid, nodev */
  const uint32_t caps[2] = { 0x20080522, 0 }, no_caps[6] = { 0 };
  const int quiet = MS_NOSUID | MS_NODEV;
  char map[64], size[96], path[300];
  prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* else /proc/self is not ours to write */
  TRY(say("/proc/self/setgroups", "deny"));
  snprintf(map, sizeof map, "%d %d 1", (int)outer_uid, (int)outer_uid);
  TRY(say("/proc/self/uid_map", map));
  snprintf(map, sizeof map, "%d %d 1", (int)outer_gid, (int)outer_gid);
  TRY(say("/proc/self/gid_map", map));
  TRY(mount(0, "/", 0, MS_REC | MS_PRIVATE, 0));
  TRY(mount("root", "/tmp", "tmpfs", quiet, "size=64k,nr_inodes=64,mode=755"));
  TRY(chdir("/tmp"));
  for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++) { /* of the image, what programs are made of */
    struct stat is;
    char to[256];
    snprintf(path, sizeof path, "/%s", kept[i]);
    ssize_t n = readlink(path, to, sizeof to - 1);
    if (n > 0) { to[n] = 0; TRY(symlink(to, kept[i])); }
    else if (lstat(path, &is) == 0 && S_ISDIR(is.st_mode)) TRY(bind_to(path, kept[i], 0));
  }
  TRY(mkdir("proc", 0755)); TRY(mkdir("dev", 0755)); TRY(mkdir("sys", 0755)); TRY(mkdir("tmp", 0755)); TRY(mkdir("run", 0755));
  TRY(mkdir(work + 1, 0755));
  TRY(syscall(SYS_mount_setattr, AT_FDCWD, ".", 0x8000, fixed, sizeof fixed));
  snprintf(size, sizeof size, "size=%uk,nr_inodes=%u,mode=700", q->kib, q->inodes);
  TRY(mount("work", work + 1, "tmpfs", quiet, size)); TRY(mount("tmp", "tmp", "tmpfs", quiet, size));
  TRY(mount("dev", "dev", "tmpfs", MS_NOSUID, "size=4k,nr_inodes=32,mode=755"));
  for (unsigned i = 0; i < sizeof devices / sizeof *devices; i++) {
    char from[64];
    snprintf(from, sizeof from, "/dev/%s", devices[i]);
    TRY(bind_to(from, from + 1, 1));
  }
  for (int i = 0; i < 4; i++) { snprintf(path, sizeof path, "dev/%s", links[i][1]); TRY(symlink(links[i][0], path)); }
  TRY(mkdir("dev/shm", 0755)); TRY(mount("shm", "dev/shm", "tmpfs", quiet, size));
  TRY(mount(0, "dev", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID, 0));
  TRY(mount("proc", "proc", "proc", quiet | MS_NOEXEC, "hidepid=2"));
  for (unsigned i = 0; i < sizeof hidden / sizeof *hidden; i++) {
    snprintf(path, sizeof path, "proc/%s", hidden[i]);
    if (mount("/dev/null", path, 0, MS_BIND, 0) < 0 && errno != ENOENT) return __LINE__;
  }
  TRY(syscall(SYS_pivot_root, ".", ".")); TRY(umount2(".", MNT_DETACH)); TRY(chdir("/")); TRY(chdir(work));
  TRY(sethostname("sandbox", 7));
  struct ifreq lo = { 0 };
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  strcpy(lo.ifr_name, "lo"), lo.ifr_flags = IFF_UP;
  TRY(ioctl(fd, SIOCSIFFLAGS, &lo));
  for (int cap = 0; cap < 64; cap++) prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
  TRY(syscall(SYS_capset, caps, no_caps));
  nesting = 0;
  syscall(SYS_close_range, PIDS_FD + 1, ~0u, 0);
  begin();
  return __LINE__;
}
