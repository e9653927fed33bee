package io.tollkeeper.localcluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.Executors;

/** The test image: says over HTTP what its process was given. */
final class EchoServer {
    private EchoServer() {}

    public static void main(String[] arguments) throws IOException {
        var born = Instant.now();
        var address = System.getenv("ECHO_BIND");
        var server = HttpServer.create(new InetSocketAddress(address, 8080), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/env", exchange -> answer(exchange, String.valueOf(System.getenv(query(exchange)))));
        server.createContext("/file", exchange -> answer(exchange, Files.readString(Path.of(query(exchange)))));
        server.createContext("/list", exchange -> answer(exchange, list(Path.of(query(exchange)))));
        server.createContext("/arguments", exchange -> answer(exchange, Arrays.toString(arguments)));
        server.createContext("/born", exchange -> answer(exchange, born.toString()));
        server.createContext(
                "/maxmemory",
                exchange -> answer(exchange, "" + Runtime.getRuntime().maxMemory()));
        server.createContext("/resolve", exchange -> answer(exchange, resolve(query(exchange))));
        server.createContext("/ready", exchange -> answer(exchange, "ready"));
        server.start();
        System.out.println("echo listens on " + address);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("echo was asked to end")));
    }

    private static String resolve(String name) {
        try {
            return InetAddress.getByName(name).getHostAddress();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String list(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList()
                    .toString();
        }
    }

    private static String query(HttpExchange exchange) {
        var query = exchange.getRequestURI().getQuery();
        return query == null ? "" : query;
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
