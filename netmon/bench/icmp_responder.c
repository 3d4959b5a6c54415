/* Many addresses at a known distance: a TUN device behind which every echo request is answered after a while.
 *
 *   icmp_responder DELAY_SECONDS      in a network namespace of its own, where it makes 10.128.0.0/9 reachable
 *
 * Prints "ready" when packets may come; ends with its standard input. For machines without sch_netem.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <time.h>
#include <unistd.h>

enum { WAITING = 1 << 17, LARGEST = 128, READS = 64, ICMP = 1, ECHO_REQUEST = 8, QUEUE = 200000 };

static struct { uint64_t due; int bytes; unsigned char data[LARGEST]; } waiting[WAITING];

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void set(int request, struct ifreq *what, const char *name)
{
    const int sock = socket(AF_INET, SOCK_DGRAM, 0);
    if (sock < 0 || ioctl(sock, (unsigned long)request, what)) {
        perror(name);
        exit(1);
    }
    close(sock);
}

static struct ifreq device(void) { return (struct ifreq){.ifr_name = "far"}; }

static void set_address(int request, const char *address)
{
    struct ifreq what = device();
    struct sockaddr_in *in = (void *)&what.ifr_addr;
    in->sin_family = AF_INET;
    in->sin_addr.s_addr = inet_addr(address);
    set(request, &what, address);
}

static int open_device(void)
{
    struct ifreq what = device();
    const int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    what.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (tun < 0 || ioctl(tun, TUNSETIFF, &what)) {
        perror("/dev/net/tun");
        exit(1);
    }
    what = device();
    what.ifr_qlen = QUEUE; /* no request is lost here while we answer another */
    set(SIOCSIFTXQLEN, &what, "queue length");
    set_address(SIOCSIFADDR, "10.128.0.1");
    set_address(SIOCSIFNETMASK, "255.128.0.0");
    what = device();
    what.ifr_flags = IFF_UP | IFF_RUNNING;
    set(SIOCSIFFLAGS, &what, "up");
    return tun;
}

/* Turn an echo request into its reply; the checksum changes by what the type changes (RFC 1624). */
static int answer(unsigned char *ip, int bytes)
{
    const int header = (ip[0] & 15) * 4;
    unsigned char address[4], *icmp = ip + header;
    if (bytes < header + 8 || ip[0] >> 4 != 4 || ip[9] != ICMP || icmp[0] != ECHO_REQUEST)
        return 0;
    memcpy(address, ip + 12, 4);
    memcpy(ip + 12, ip + 16, 4);
    memcpy(ip + 16, address, 4);
    icmp[0] = 0;
    uint32_t sum = ((uint32_t)icmp[2] << 8 | icmp[3]) + (ECHO_REQUEST << 8);
    sum = (sum & 0xffff) + (sum >> 16);
    icmp[2] = (unsigned char)(sum >> 8);
    icmp[3] = (unsigned char)sum;
    return 1;
}

int main(int arguments, char **argument)
{
    if (arguments != 2) {
        fprintf(stderr, "usage: icmp_responder DELAY_SECONDS\n");
        return 2;
    }
    const uint64_t delay = (uint64_t)(atof(argument[1]) * 1e9);
    /* A far network does not wait for our processor; without the privilege for this it sometimes does. */
    sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1});
    const int tun = open_device();
    puts("ready");
    fflush(stdout);
    for (unsigned head = 0, tail = 0;;) {
        for (int reads = 0; reads < READS && head - tail < WAITING; reads++) {
            unsigned char *data = waiting[head % WAITING].data;
            const int bytes = (int)read(tun, data, LARGEST);
            if (bytes <= 0)
                break;
            if (!answer(data, bytes))
                continue;
            waiting[head % WAITING].bytes = bytes;
            waiting[head++ % WAITING].due = now_ns() + delay;
        }
        for (int writes = 0; writes < READS && tail != head && waiting[tail % WAITING].due <= now_ns(); writes++, tail++)
            if (write(tun, waiting[tail % WAITING].data, (size_t)waiting[tail % WAITING].bytes) < 0)
                perror("write");
        struct timespec patience = {1, 0};
        if (tail != head) {
            const uint64_t now = now_ns(), due = waiting[tail % WAITING].due;
            patience = (struct timespec){0, due > now ? (long)(due - now) : 0};
        }
        struct pollfd ready[2] = {{tun, POLLIN, 0}, {0, POLLIN, 0}};
        ppoll(ready, 2, &patience, NULL);
        if (ready[1].revents)
            return 0;
    }
}
