/* The floor of pinging many addresses: what the kernel costs when nothing but the packets is done.
 *
 *   icmp_floor FIRST COUNT SOCKET BATCH [SECONDS TURN]
 *
 * FIRST: IPv4 address; SOCKET: dgram or raw; BATCH: requests a system call. Requests of 64 bytes to COUNT consecutive
 * addresses: once to each, as fast as possible, replies read in between; or for SECONDS, to each of them once a second,
 * TURN requests at a time with sleep in between. With BATCH 1 each request is stamped by itself, so its round trips are
 * the truth to compare others with. Prints one JSON object: CPU seconds after set-up, requests, replies lost, round
 * trips in microseconds.
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

enum { PACKET = 64, INBOX = 256, ROOM = 128, CONTROL = 64 };
static const uint64_t SECOND = 1000000000;

static struct { char data[INBOX][ROOM], control[INBOX][CONTROL]; struct iovec vector[INBOX]; struct mmsghdr message[INBOX]; } in;
static char (*packet)[PACKET];
static struct mmsghdr *message;
static uint64_t *sent_at, *rtt; /* sent_at: of each address, 0 = nothing on its way; rtt: in the order of the replies */
static long requests, replies;
static int sock, raw, count;

static uint64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
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

static void *columns(size_t rows, size_t size)
{
    void *memory = calloc(rows, size);
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

static void open_socket(void)
{
    const int on = 1, room = 64 << 20, whole = IP_PMTUDISC_PROBE;
    sock = socket(AF_INET, (raw ? SOCK_RAW : SOCK_DGRAM) | SOCK_NONBLOCK, IPPROTO_ICMP);
    if (sock < 0) {
        perror("socket");
        exit(1);
    }
    if (setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
        setsockopt(sock, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(sock, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(sock, IPPROTO_IP, IP_MTU_DISCOVER, &whole, sizeof whole); /* never fragmented: needs no IP identification */
    if (raw) {
        struct icmp_filter replies_only = {~(1u << ICMP_ECHOREPLY)};
        setsockopt(sock, SOL_RAW, ICMP_FILTER, &replies_only, sizeof replies_only);
    }
}

static void prepare(uint32_t first, int seconds)
{
    struct sockaddr_in *to = columns((size_t)count, sizeof *to);
    struct iovec *vector = columns((size_t)count, sizeof *vector);
    packet = columns((size_t)count, PACKET);
    message = columns((size_t)count, sizeof *message);
    sent_at = columns((size_t)count, sizeof *sent_at);
    rtt = columns((size_t)count * (size_t)seconds, sizeof *rtt);
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
}

/* Send to at most `batch` addresses from `from` on; return how many. */
static int send_some(int from, int batch)
{
    const int some = count - from < batch ? count - from : batch;
    const uint64_t now = wall_ns();
    for (int i = 0; i < some; i++)
        sent_at[from + i] = now;
    const int left = sendmmsg(sock, message + from, (unsigned)some, 0);
    if (left < 0) {
        perror("sendmmsg");
        exit(1);
    }
    requests += left;
    return left;
}

static void read_replies(void)
{
    for (int got = INBOX; got == INBOX;) {
        got = recvmmsg(sock, in.message, INBOX, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; i++) {
            const char *echo = in.data[i] + (raw ? (in.data[i][0] & 15) * 4 : 0);
            const struct cmsghdr *stamp = (void *)in.control[i];
            const struct timespec *at = (void *)CMSG_DATA(stamp);
            int which;
            memcpy(&which, echo + sizeof(struct icmphdr), sizeof which);
            in.message[i].msg_hdr.msg_controllen = CONTROL;
            if (echo[0] != ICMP_ECHOREPLY || which < 0 || which >= count || !sent_at[which] || stamp->cmsg_type != SO_TIMESTAMPNS)
                continue;
            const uint64_t received_at = (uint64_t)at->tv_sec * SECOND + (uint64_t)at->tv_nsec;
            rtt[replies++] = received_at > sent_at[which] ? received_at - sent_at[which] : 1;
            sent_at[which] = 0;
        }
    }
}

/* Read on until all is answered, or nothing more came for a second. */
static void wait_for_rest(void)
{
    uint64_t last = wall_ns();
    while (replies < requests && wall_ns() - last < SECOND) {
        const long before = replies;
        struct pollfd readable = {sock, POLLIN, 0};
        poll(&readable, 1, 50);
        read_replies();
        if (replies > before)
            last = wall_ns();
    }
}

static void sweep(int batch)
{
    for (int sent = 0; sent < count; read_replies())
        sent += send_some(sent, batch);
}

static void keep_steady(int batch, int seconds, int turn)
{
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    const uint64_t start = (uint64_t)next.tv_sec * SECOND + (uint64_t)next.tv_nsec;
    for (long sent = 0, most = (long)count * seconds; sent < most;) {
        for (long end = sent + turn < most ? sent + turn : most; sent < end; read_replies()) {
            const int from = (int)(sent % count);
            sent += send_some(from, end - sent < batch ? (int)(end - sent) : batch);
        }
        const uint64_t due = start + (uint64_t)sent * SECOND / (uint64_t)count;
        next = (struct timespec){(time_t)(due / SECOND), (long)(due % SECOND)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        read_replies();
    }
}

int main(int arguments, char **argument)
{
    const int batch = arguments > 4 ? atoi(argument[4]) : 0, seconds = arguments == 7 ? atoi(argument[5]) : 1;
    const int turn = arguments == 7 ? atoi(argument[6]) : 1;
    count = arguments > 2 ? atoi(argument[2]) : 0;
    if ((arguments != 5 && arguments != 7) || batch < 1 || seconds < 1 || turn < 1 || count < 1) {
        fprintf(stderr, "usage: icmp_floor FIRST COUNT dgram|raw BATCH [SECONDS TURN]\n");
        return 2;
    }
    raw = !strcmp(argument[3], "raw");
    open_socket();
    prepare(ntohl(inet_addr(argument[1])), seconds);
    const double cpu_before = cpu_seconds();
    if (arguments == 7)
        keep_steady(batch, seconds, turn);
    else
        sweep(batch);
    wait_for_rest();
    const double cpu = cpu_seconds() - cpu_before;
    qsort(rtt, (size_t)replies, sizeof *rtt, by_size);
    printf("{\"cpu_seconds\": %.6f, \"requests\": %ld, \"lost\": %ld, \"rtt_p50_us\": %.1f, \"rtt_p99_us\": %.1f}\n", cpu,
           requests, requests - replies, replies ? (double)rtt[replies / 2] / 1e3 : 0.0,
           replies ? (double)rtt[replies * 99 / 100] / 1e3 : 0.0);
    return 0;
}
