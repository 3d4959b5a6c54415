/* The floor of one ICMP sweep: what the kernel costs when nothing but the packets is done.
 *
 *   icmp_floor FIRST COUNT SOCKET BATCH      FIRST: IPv4 address; SOCKET: dgram or raw; BATCH: requests a system call
 *
 * One request of 64 bytes to each of COUNT consecutive addresses, as fast as possible, replies read in between. With
 * BATCH 1 each request is stamped by itself, so its round trips are the truth to compare others with. Prints one JSON
 * object: CPU seconds after set-up, replies lost, round trips in microseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PACKET = 64, INBOX = 256, ROOM = 128, CONTROL = 64, PATIENCE_NS = 1000000000 };

static uint64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint16_t checksum(const void *data, int bytes)
{
    const uint16_t *word = data;
    uint32_t sum = 0;
    for (; bytes > 1; bytes -= 2)
        sum += *word++;
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~(sum + (sum >> 16));
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static void *columns(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        perror("calloc");
        exit(1);
    }
    return memory;
}

static double cpu_seconds(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
}

static struct { char data[INBOX][ROOM], control[INBOX][CONTROL]; struct iovec vector[INBOX]; struct mmsghdr message[INBOX]; } in;

int main(int arguments, char **argument)
{
    if (arguments != 5) {
        fprintf(stderr, "usage: icmp_floor FIRST COUNT dgram|raw BATCH\n");
        return 2;
    }
    const uint32_t first = ntohl(inet_addr(argument[1]));
    const int count = atoi(argument[2]), raw = !strcmp(argument[3], "raw"), batch = atoi(argument[4]);
    const int sock = socket(AF_INET, (raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_NONBLOCK, IPPROTO_ICMP);
    if (sock < 0 || count < 1 || batch < 1) {
        perror("icmp_floor");
        return 1;
    }
    const int on = 1, room = 64 << 20;
    if (setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
        setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (raw) {
        struct icmp_filter replies_only = {~(1u << ICMP_ECHOREPLY)};
        setsockopt(sock, SOL_RAW, ICMP_FILTER, &replies_only, sizeof replies_only);
    }
    char(*packet)[PACKET] = columns((size_t)count, PACKET);
    struct sockaddr_in *to = columns((size_t)count, sizeof *to);
    struct iovec *vector = columns((size_t)count, sizeof *vector);
    struct mmsghdr *message = columns((size_t)count, sizeof *message);
    uint64_t *sent_at = columns((size_t)count, sizeof *sent_at), *rtt = columns((size_t)count, sizeof *rtt);
    for (int i = 0; i < count; i++) {
        struct icmphdr *echo = (void *)packet[i];
        echo->type = ICMP_ECHO;
        echo->un.echo.id = htons((uint16_t)getpid());
        echo->un.echo.sequence = htons((uint16_t)i);
        memcpy(packet[i] + sizeof *echo, &i, sizeof i);
        echo->checksum = checksum(echo, PACKET);
        to[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(first + (uint32_t)i)};
        vector[i] = (struct iovec){packet[i], PACKET};
        message[i].msg_hdr = (struct msghdr){.msg_name = to + i, .msg_namelen = sizeof *to, .msg_iov = vector + i, .msg_iovlen = 1};
    }
    for (int i = 0; i < INBOX; i++) {
        in.vector[i] = (struct iovec){in.data[i], ROOM};
        in.message[i].msg_hdr = (struct msghdr){.msg_iov = in.vector + i, .msg_iovlen = 1, .msg_control = in.control[i], .msg_controllen = CONTROL};
    }
    const double cpu_before = cpu_seconds();
    uint64_t last = wall_ns();
    int sent = 0, received = 0;
    while (received < count) {
        if (sent < count) {
            const int some = count - sent < batch ? count - sent : batch;
            last = wall_ns();
            for (int i = 0; i < some; i++)
                sent_at[sent + i] = last;
            const int left = sendmmsg(sock, message + sent, (unsigned)some, 0);
            if (left < 0) {
                perror("sendmmsg");
                return 1;
            }
            sent += left;
        } else {
            struct pollfd readable = {sock, POLLIN, 0};
            if (wall_ns() - last > PATIENCE_NS)
                break;
            poll(&readable, 1, 50);
        }
        for (int got = INBOX; got == INBOX;) {
            got = recvmmsg(sock, in.message, INBOX, MSG_DONTWAIT, NULL);
            for (int i = 0; i < got; i++) {
                const char *echo = in.data[i] + (raw ? (in.data[i][0] & 15) * 4 : 0);
                const struct cmsghdr *stamp = (void *)in.control[i];
                const struct timespec *at = (void *)CMSG_DATA(stamp);
                int which;
                memcpy(&which, echo + sizeof(struct icmphdr), sizeof which);
                in.message[i].msg_hdr.msg_controllen = CONTROL;
                if (echo[0] != ICMP_ECHOREPLY || which < 0 || which >= count || rtt[which] || stamp->cmsg_type != SO_TIMESTAMPNS)
                    continue;
                const uint64_t received_at = (uint64_t)at->tv_sec * 1000000000u + (uint64_t)at->tv_nsec;
                rtt[which] = received_at > sent_at[which] ? received_at - sent_at[which] : 1;
                received++;
            }
        }
    }
    const double cpu = cpu_seconds() - cpu_before;
    int answered = 0;
    for (int i = 0; i < count; i++)
        if (rtt[i])
            rtt[answered++] = rtt[i];
    qsort(rtt, (size_t)answered, sizeof *rtt, by_size);
    printf("{\"cpu_seconds\": %.6f, \"lost\": %d, \"rtt_p50_us\": %.1f, \"rtt_p99_us\": %.1f}\n", cpu, count - answered,
           answered ? (double)rtt[answered / 2] / 1e3 : 0.0, answered ? (double)rtt[answered * 99L / 100] / 1e3 : 0.0);
    return 0;
}
