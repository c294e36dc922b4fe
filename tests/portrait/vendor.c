/* A maker's photo decoder as it could be: the environment says which way it behaves.
 * Built with -DFORM_GETBMP, -DFORM_UNPACK or -DFORM_WLT2BMP.
 * The picture it makes has, at row r and column c, the colour (2r, 2c, 7). */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define WIDTH 102
#define HEIGHT 126
#define STRIDE 308

static const char *act(void) {
    const char *named = getenv("VENDOR_ACT");
    return named ? named : "good";
}

static int acts(const char *name) { return strcmp(act(), name) == 0; }

static void put_file(const char *path, const void *content, size_t length) {
    FILE *file = fopen(path, "wb");
    if (file) {
        fwrite(content, 1, length, file);
        fclose(file);
    }
}

/* What every form does before it decodes; a result other than 1 ends it. */
static int misbehave(const unsigned char *photo, size_t length) {
    if (acts("unlicensed")) return -5;
    if (acts("fails")) return -2;
    if (acts("hang")) for (;;) pause();
    if (acts("spin")) for (;;) { }
    if (acts("crash")) raise(SIGSEGV);
    if (acts("exit")) exit(0);
    if (acts("print")) {
        for (int line = 0; line < 10000; line++) printf("OPP1 garbage %d\n", line);
        fflush(stdout);
        fprintf(stderr, "garbage\n");
        char stolen[16];
        if (read(0, stolen, sizeof stolen) > 0) return -9;
    }
    if (acts("scribble")) for (int stream = 3; stream < 32; stream++)
        if (write(stream, photo, length) < 0) continue;
    if (acts("litter")) {
        put_file("copy.wlt", photo, length);
        mkdir("deep", 0700);
        put_file("deep/copy.wlt", photo, length);
        chmod("deep/copy.wlt", 0);
        chmod("deep", 0);
        const char *elsewhere = getenv("VENDOR_ELSEWHERE");
        if (elsewhere) {
            char path[4096];
            snprintf(path, sizeof path, "%s/copy.wlt", elsewhere);
            put_file(path, photo, length);
            snprintf(path, sizeof path, "%s/kept.txt", elsewhere);
            if (symlink(path, "a-link") || symlink(elsewhere, "a-folder") || link(path, "same-file")) return 1;
        }
    }
    if (acts("offspring") && fork() == 0) {
        setsid();
        for (;;) pause();
    }
    if (acts("orphan") && fork() == 0) {
        setsid();
        if (fork() == 0) for (;;) pause();
        _exit(0);
    }
    if (acts("orphan")) { usleep(100000); raise(SIGSEGV); }
    if (acts("kills-caller")) kill(getppid(), SIGKILL);
    if (acts("calls-home")) {
        int line = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(getenv("VENDOR_HOME")))};
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (connect(line, (struct sockaddr *)&address, sizeof address) == 0 && write(line, photo, length) > 0) return -8;
    }
    return 1;
}

static void make_rows(unsigned char *rows, int stride) {
    for (int row = 0; row < HEIGHT; row++)
        for (int column = 0; column < WIDTH; column++) {
            unsigned char *pixel = rows + (HEIGHT - 1 - row) * stride + 3 * column;
            pixel[0] = 7;
            pixel[1] = (unsigned char)(2 * column);
            pixel[2] = (unsigned char)(2 * row);
        }
}

static void put_number(unsigned char *at, uint32_t value) {
    for (int byte = 0; byte < 4; byte++) at[byte] = (unsigned char)(value >> (8 * byte));
}

static size_t make_bmp(unsigned char *bmp) {
    size_t length = 54 + STRIDE * HEIGHT;
    memset(bmp, 0, length);
    memcpy(bmp, "BM", 2);
    put_number(bmp + 2, (uint32_t)length);
    put_number(bmp + 10, 54);
    put_number(bmp + 14, 40);
    put_number(bmp + 18, acts("wrong-size") ? 100000 : WIDTH);
    put_number(bmp + 22, HEIGHT);
    bmp[26] = 1;
    bmp[28] = 24;
    make_rows(bmp + 54, STRIDE);
    return acts("cut") ? length / 2 : length;
}

#ifdef FORM_GETBMP
int GetBmp(char *path, int intf) {
    unsigned char photo[1024], bmp[54 + STRIDE * HEIGHT];
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    size_t length = fread(photo, 1, sizeof photo, file);
    fclose(file);
    if (acts("second-interface") && intf != 2) return -5;
    int result = misbehave(photo, length);
    if (result != 1 || acts("no-picture")) return result;
    memcpy(strrchr(path, '.'), acts("upper") ? ".BMP" : ".bmp", 4);
    if (acts("pipe-as-picture")) return mkfifo(path, 0600) == 0 ? 1 : -3;
    if (acts("no-bmp")) put_file(path, photo, length);
    else put_file(path, bmp, make_bmp(bmp));
    return 1;
}
#else
static int into_buffer(char *source, char *target) {
    int result = misbehave((const unsigned char *)source, 1024);
    if (result != 1 || acts("no-picture")) return result;
    if (acts("bmp")) make_bmp((unsigned char *)target);
    else if (acts("padded")) {
        memset(target, 0, STRIDE * HEIGHT);
        make_rows((unsigned char *)target, STRIDE);
    } else make_rows((unsigned char *)target, 3 * WIDTH);
    if (acts("overrun")) memset(target, 9, 100000);
    return 1;
}
#endif
#ifdef FORM_UNPACK
int unpack(char *source, char *target, int save) { return save ? -1 : into_buffer(source, target); }
#endif
#ifdef FORM_WLT2BMP
int wlt2bmp(const uint8_t *source, uint8_t *target, int save) {
    return save ? -1 : into_buffer((char *)source, (char *)target);
}
#endif

__attribute__((destructor)) static void last(void) {
    if (acts("hang-at-end")) for (;;) pause();
}
