package io.tollkeeper.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs the command in this JVM. */
record Cli(int exitCode, String out, String err) {
    static Cli run(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        var commandLine = Tollkeeper.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        var texts = new String[arguments.length];
        for (var i = 0; i < arguments.length; i++) {
            texts[i] = arguments[i].toString();
        }
        var exitCode = Tollkeeper.execute(commandLine, texts);
        return new Cli(exitCode, out.toString(), err.toString());
    }
}
