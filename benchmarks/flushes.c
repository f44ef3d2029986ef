/* Preloaded into a server: counts how often it flushes a file, and makes each flush take longer when told to.
   The file named in FLUSHES holds two numbers of eight bytes: how many there were, microseconds to add to each. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile uint64_t *shared;

__attribute__((constructor)) static void open_shared(void) {
    const char *path = getenv("FLUSHES");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0) return;
    void *mapped = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (mapped != MAP_FAILED) shared = mapped;
    close(file);
}

static void note(void) {
    if (!shared) return;
    __sync_fetch_and_add(&shared[0], 1);
    if (shared[1]) usleep(shared[1]);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    note();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    note();
    return real(file);
}
