# A server and its clients over sockets, in one process: requests that are answered, that raise, and that are given up.
import asyncio

ROUNDS = 2500
CLIENTS = 9


class Refused(Exception):
    def __init__(self, request):
        super().__init__(request["number"])
        self.request = request


def parse(line):
    name, number = line.decode().split()
    return {"name": name, "number": int(number), "fields": [int(d) for d in number]}


async def compute(request):
    await asyncio.sleep(0)
    if request["number"] % 5 == 0:
        raise Refused(request)
    parts = await asyncio.gather(*(square(n) for n in request["fields"]))
    return sum(parts)


async def square(n):
    if n == 9:
        await asyncio.sleep(0)
    return n * n


async def answer(request):
    try:
        return await compute(request)
    except Refused as error:
        request["error"] = error  # a cycle: exception, traceback, frame, request
        return -1


async def serve(reader, writer):
    while line := await reader.readline():
        result = await asyncio.create_task(answer(parse(line)))
        writer.write(b"%d\n" % result)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
    served.release()


async def client(number, port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    total = 0
    for k in range(ROUNDS):
        writer.write(b"get %d\n" % (number * 1000 + k))
        total += int(await reader.readline())
        if k % 50 == 0:
            asyncio.ensure_future(asyncio.sleep(0)).cancel()
    writer.close()
    await writer.wait_closed()
    await served.acquire()
    return total


async def main():
    global served
    served = asyncio.Semaphore(0)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    totals = []
    for number in range(CLIENTS):  # one after the other: the order of events is the same in each run
        totals.append(await client(number, port))
    server.close()
    print(totals)


asyncio.run(main())
