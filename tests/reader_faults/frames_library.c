/* Plays a maker's library that speaks to a SAM_V module on a serial line: DEVICE,
 * given to the compiler. Line faults are its own to live through; what it cannot
 * it tells as its own errors, as makers' libraries do: 1 not open, 2 time over,
 * 3 damaged. It shares no code with the program.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { NOT_OPEN = 1, TIME_OVER = 2, DAMAGED = 3, ROOM = 8192, QUIET_MS = 300, SHORT_MS = 1600, READ_MS = 3800 };

static int line = -1;
static unsigned char heard[ROOM];

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The first true frame in what was heard: its place behind the preamble, or NULL. */
static unsigned char *true_frame(int count)
{
    for (int at = 0; at + 6 <= count; at++) {
        unsigned char check = 0;
        int length = heard[at + 4] << 8 | heard[at + 5];
        if (memcmp(heard + at, "\xAA\xAA\x96\x69", 4) != 0 || length < 4 || at + 6 + length > count)
            continue;
        for (int i = at + 4; i < at + 6 + length; i++)
            check ^= heard[i];
        if (check == 0)
            return heard + at + 4;
    }
    return NULL;
}

/* Status of the answer, or an error; data and its length in *data and *length. */
static int ask(int port, int command, int parameter, int within_ms, unsigned char **data, int *length)
{
    unsigned char request[] = {0xAA, 0xAA, 0xAA, 0x96, 0x69, 0, 3, command, parameter,
                               3 ^ command ^ parameter};
    long end = now_ms() + within_ms;
    int count = 0;
    if (port != 1001 || line < 0)
        return NOT_OPEN;
    tcflush(line, TCIFLUSH);
    if (write(line, request, sizeof request) != sizeof request)
        return TIME_OVER;
    while (now_ms() < end && count < ROOM) {
        struct pollfd waiting = {line, POLLIN, 0};
        int left = end - now_ms(), got;
        unsigned char *frame;
        if (poll(&waiting, 1, count > 0 && left > QUIET_MS ? QUIET_MS : left) <= 0)
            break;
        if ((got = read(line, heard + count, ROOM - count)) <= 0)
            return TIME_OVER;
        count += got;
        if ((frame = true_frame(count)) != NULL) {
            *data = frame + 5;
            *length = (frame[0] << 8 | frame[1]) - 4;
            return frame[4];
        }
    }
    return count > 0 ? DAMAGED : TIME_OVER;
}

static int ask_plainly(int port, int command, int parameter)
{
    unsigned char *data;
    int length;
    return ask(port, command, parameter, SHORT_MS, &data, &length);
}

int SDT_OpenPort(int port)
{
    struct termios raw;
    if (port != 1001 || (line = open(DEVICE, O_RDWR | O_NOCTTY)) < 0)
        return NOT_OPEN;
    tcgetattr(line, &raw);
    cfmakeraw(&raw);
    cfsetspeed(&raw, B115200);
    tcsetattr(line, TCSANOW, &raw);
    return 0x90;
}

int SDT_ClosePort(int port)
{
    if (line >= 0)
        close(line);
    line = -1;
    return port == 1001 ? 0x90 : NOT_OPEN;
}

int SDT_GetSAMStatus(int port, int open_inside)
{
    return ask_plainly(port, 0x11, 0xFF);
}

int SDT_ResetSAM(int port, int open_inside)
{
    return ask_plainly(port, 0x10, 0xFF);
}

int SDT_GetSAMID(int port, unsigned char *number, int open_inside)
{
    unsigned char *data;
    int length, status = ask(port, 0x12, 0xFF, SHORT_MS, &data, &length);
    if (status == 0x90 && length != 16)
        return DAMAGED;
    if (status == 0x90)
        memcpy(number, data, 16);
    return status;
}

int SDT_StartFindIDCard(int port, unsigned char *info, int open_inside)
{
    return ask_plainly(port, 0x20, 0x01);
}

int SDT_SelectIDCard(int port, unsigned char *message, int open_inside)
{
    return ask_plainly(port, 0x20, 0x02);
}

int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned int *text_length, unsigned char *photo,
                    unsigned int *photo_length, int open_inside)
{
    unsigned char *data;
    int length, status = ask(port, 0x30, 0x01, READ_MS, &data, &length);
    if (status != 0x90)
        return status;
    if (length != 4 + 256 + 1024)
        return DAMAGED;
    memcpy(text, data + 4, 256);
    memcpy(photo, data + 260, 1024);
    *text_length = 256;
    *photo_length = 1024;
    return status;
}
