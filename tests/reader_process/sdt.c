/* Plays a maker's library: SDT_* functions for one USB reader on port 1001.
 *
 * The folder STAGE in the environment is its reader: a file "card" in it is a
 * card that lies there, and the file's first word says how the library
 * behaves with it: good, second, crash, hang, files, refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_port = 0;
static ino_t read_card = 0;

static const char *in_stage(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", getenv("STAGE"), name);
    return path;
}

static int card_is(const char *behaviour)
{
    char word[32] = "";
    FILE *card = fopen(in_stage("card"), "r");
    if (card == NULL)
        return 0;
    if (fscanf(card, "%31s", word) != 1)
        word[0] = 0;
    fclose(card);
    return strcmp(word, behaviour) == 0;
}

static ino_t lying_card(void)
{
    struct stat about;
    return stat(in_stage("card"), &about) == 0 && about.st_size > 0 ? about.st_ino : 0;
}

static void leave(const char *folder, const char *name)
{
    char path[4096];
    FILE *file;
    snprintf(path, sizeof path, "%s%s%s", folder ? folder : "", folder ? "/" : "", name);
    if ((file = fopen(path, "w")) != NULL) {
        fputs("somebody's name and photo", file);
        fclose(file);
    }
}

static void put(unsigned char *text, int offset, const unsigned short *words, int count)
{
    for (int i = 0; i < count; i++) {
        text[offset + 2 * i] = words[i] & 0xFF;
        text[offset + 2 * i + 1] = words[i] >> 8;
    }
}

static void put_ascii(unsigned char *text, int offset, const char *ascii)
{
    for (; *ascii; ascii++, offset += 2)
        text[offset] = *ascii;
}

int SDT_OpenPort(int port)
{
    printf("opening port %d\n", port);
    if (access(in_stage("away"), F_OK) == 0 || port != 1001)
        return 0x01;
    open_port = port;
    return 0x90;
}

int SDT_ClosePort(int port)
{
    open_port = 0;
    return port == 1001 ? 0x90 : 0x01;
}

int SDT_GetSAMStatus(int port, int open_inside)
{
    if (port != open_port || open_inside)
        return 0x01;
    return access(in_stage("not-authorised"), F_OK) == 0 ? 0x66 : 0x90;
}

int SDT_ResetSAM(int port, int open_inside)
{
    read_card = 0;
    return port == open_port && !open_inside ? 0x90 : 0x01;
}

#ifdef NUMBER_AS_BYTES
int SDT_GetSAMID(int port, unsigned char *number, int open_inside)
{
    static const unsigned char id[16] = {5, 0, 3, 0, 0x92, 0xB7, 0x32, 1, 0x87, 0xD6, 0x12, 0,
                                         0xD2, 2, 0x96, 0x49};
    memcpy(number, id, sizeof id);
    return port == open_port && !open_inside ? 0x90 : 0x01;
}
#else
int SDT_GetSAMIDToStr(int port, char *number, int open_inside)
{
    strcpy(number, "05.03-20101010-0001234567-1234567890");
    return port == open_port && !open_inside ? 0x90 : 0x01;
}
#endif

int SDT_StartFindIDCard(int port, unsigned char *info, int open_inside)
{
    if (port != open_port || open_inside || access(in_stage("away"), F_OK) == 0)
        return 0x02;
    memset(info, 0, 4);
    if (lying_card() == 0)
        read_card = 0;
    return lying_card() != read_card ? 0x9F : 0x80;
}

int SDT_SelectIDCard(int port, unsigned char *message, int open_inside)
{
    memset(message, 0, 8);
    return port == open_port && !open_inside && lying_card() ? 0x90 : 0x81;
}

int SDT_ReadBaseMsg(int port, unsigned char *text, unsigned int *text_length, unsigned char *photo,
                    unsigned int *photo_length, int open_inside)
{
    static const unsigned short name[] = {0x6837, 0x4F8B}, second[] = {0x6837, 0x672C},
                                forever[] = {0x957F, 0x671F};
    if (port != open_port || open_inside)
        return 0x01;
    printf("{\"event\": \"document\"}\nsomebody's name\n");
    if (card_is("crash")) {
        leave(NULL, "crash.bmp");
        *(volatile int *)8 = 1;
    }
    while (card_is("hang")) {
        leave(NULL, "hang.bmp");
        sleep(60);
    }
    if (card_is("files")) {
        leave(NULL, "wz.txt");
        leave(NULL, "zp.wlt");
        leave(getenv("TMPDIR"), "zp.bmp");
        leave(getenv("STAGE"), "leak.bmp");
        leave(getenv("HOME"), "leak.bmp");
    }
    for (int i = 0; i < 128; i++)
        text[2 * i] = ' ', text[2 * i + 1] = 0;
    put(text, 0, card_is("second") ? second : name, 2);
    put_ascii(text, 30, "2");
    put_ascii(text, 32, "01");
    put_ascii(text, 36, "19491231");
    put_ascii(text, 122, "11010519491231002X");
    put(text, 158, name, 2);
    put_ascii(text, 188, "20200101");
    put(text, 204, forever, 2);
    memset(photo, 0, 1024);
    *text_length = 256;
    *photo_length = 1024;
    read_card = lying_card();
    return 0x90;
}
