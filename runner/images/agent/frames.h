/*
 * Frames, the language between the runner and its agent.
 *
 * A frame is u32 length of the payload, u32 id, u8 type, payload; numbers are little-endian, text ends with NUL. The runner
 * chooses ids; every request is answered once, in any order. A malformed frame or the end of stdin ends the agent.
 *
 *   to the agent                                                          answer
 *   1 put     u16 mode, u8 append, path, bytes                            done     makes missing folders; not append: a new file
 *   2 get     u64 offset, u32 most, path                                  data     regular files only, never through a link
 *   3 list    path ("" is the working folder)                             entries  one folder, not its folders
 *   4 run     u8 flags, u32 wall ms, u32 output bytes, u8 n, n times { u8 rlimit, u64 value }, u16 argc, u16 envc, cwd, argv, env
 *             answers started, output and at last exit; 0 ms or bytes is no limit. Flags: 1 stdin stays open for `input`;
 *             2 the run owns the container: when it ends, by itself or by a limit, every other process is killed first
 *   5 input   bytes, none is end of file; at most WINDOW outstanding      credit (the bytes taken)
 *   6 signal  u8 signal, u8 scope: 0 process, 1 its group, 2 everything   done
 *   7 nest    u32 wall ms, u32 KiB, u32 inodes                            like run: a second agent in namespaces of its own,
 *             speaking frames through `input` and `stdout`; only an agent started as "agent nest" has it, and it has no `run`
 *
 *   from the agent
 *   128 ready   u8 version, u8 knows: 1 memory kills, 2 refused forks     id 0, first of all
 *   129 done    u32 errno          130 data   u64 size of the file, bytes
 *   131 entries u8 more, times { u8 kind (-, d, l or o), u64 size, name } 132 stdout bytes    133 stderr bytes
 *   134 exit    u8 how (0 exited, 1 signalled), u8 code or signal, u8 limit (0 none, 1 time, 2 output), u32 errno when it could
 *               not start, u32 line, u64 user us, u64 system us, u64 peak KiB, u64 wall ns, u32 memory kills, u32 refused forks
 *   135 started u32 pid            136 credit u32 bytes
 */

enum { PUT = 1, GET, LIST, RUN, INPUT, SIGNAL, NEST, READY = 128, DONE, DATA, ENTRIES, STDOUT, STDERR, EXIT, STARTED, CREDIT };
enum { OPEN_STDIN = 1, OWNER = 2, TIME = 1, OUTPUT = 2, PROCESS = 0, GROUP, EVERYTHING };
enum { HEAD = 9, PAYLOAD = 128 << 10, CHUNK = 64 << 10, OUT = 4 * CHUNK, WINDOW = 64 << 10, SMALL = 128, MALFORMED = 70 };

struct reader { unsigned char *at, *end; };

static unsigned char in[HEAD + PAYLOAD], out[OUT];
static size_t in_len, out_len;

static void put_number(unsigned char *to, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) to[i] = value >> (8 * i);
}
static uint64_t number_at(const unsigned char *from, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value |= (uint64_t)from[i] << (8 * i);
  return value;
}
static uint64_t number(struct reader *r, int bytes) {
  if (r->end - r->at < bytes) _exit(MALFORMED);
  r->at += bytes;
  return number_at(r->at - bytes, bytes);
}
static char *text(struct reader *r) {
  unsigned char *from = r->at, *nul = memchr(from, 0, r->end - from);
  if (!nul) _exit(MALFORMED);
  r->at = nul + 1;
  return (char *)from;
}

static size_t room(void) { return OUT - out_len; }
/* Seals a frame whose payload is already in place behind its header; the caller has looked at room(). */
static void seal(uint32_t id, uint8_t type, size_t length) {
  put_number(out + out_len, length, 4);
  put_number(out + out_len + 4, id, 4);
  out[out_len + 8] = type;
  out_len += HEAD + length;
}
static void emit_number(uint32_t id, uint8_t type, uint32_t value) {
  put_number(out + out_len + HEAD, value, 4);
  seal(id, type, 4);
}
