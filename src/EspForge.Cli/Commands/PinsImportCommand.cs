using System.Buffers;
using System.CommandLine;
using System.Text;
using EspForge.PinRules;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge pins import FILE [--board ID]</c>: the plan on standard output, what was ignored and assumed on standard error.</summary>
internal sealed class PinsImportCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A C or C++ header, a sketch, an ESPHome configuration or a platformio.ini; - reads standard input." };
    private readonly Option<string?> _board = new("--board") { Description = "The board, where the file does not name it." };
    private readonly Option<string?> _chip = new("--chip") { Description = "The chip, where there is no board." };
    private readonly Option<string?> _format = new("--format") { Description = "c-header, esphome or platformio; by default the name and the text tell." };
    private readonly Option<string?> _model = new("--model") { Description = "Which variant of a header with several, such as CAMERA_MODEL_AI_THINKER." };
    private readonly Option<string?> _environment = new("--environment", "-e") { Description = "Which environment of a platformio.ini." };
    private readonly Option<string[]> _defines = new("--define", "-D") { Description = "A macro that is defined." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Where the plan goes; by default standard output." };

    public static Command Create()
    {
        var self = new PinsImportCommand();
        var command = new Command("import", "Read a pin plan out of a header, an ESPHome configuration or a platformio.ini. Exit code: 0 read, 2 not.")
        {
            self._file, self._board, self._chip, self._format, self._model, self._environment, self._defines, self._output,
        };
        command.SetAction(parsed => self.Run(parsed, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private int Run(ParseResult parsed, TextWriter output, TextWriter error)
    {
        var path = parsed.GetRequiredValue(_file);
        var options = new PinImportOptions
        {
            FileName = path is "-" ? null : path,
            Format = parsed.GetValue(_format),
            Board = parsed.GetValue(_board),
            Chip = parsed.GetValue(_chip),
            Model = parsed.GetValue(_model),
            Environment = parsed.GetValue(_environment),
            Defines = parsed.GetValue(_defines) ?? [],
        };
        if (!PlanFile.ReadText(path).TryGet(out var text, out var fault) || !PinImport.Read(text, options).TryGet(out var imported, out fault))
        {
            error.WriteLine($"{path}: {fault.Message}");
            return ExitCode.Unusable;
        }

        foreach (var note in imported.Notes)
            error.WriteLine($"{path}: {note}");
        if (imported.Choices.Count > 1)
            error.WriteLine($"{path}: it has {string.Join(", ", imported.Choices)}; {(imported.Format is "platformio" ? "--environment" : "--model")} chooses.");
        var buffer = new ArrayBufferWriter<byte>();
        PinPlanWriter.Write(imported.Plan, buffer);
        var json = Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
        if (parsed.GetValue(_output) is not { } target)
        {
            output.Write(json);
        }
        else if (PlanFile.Write(target, json) is { } unwritten)
        {
            error.WriteLine($"{target}: {unwritten.Message}");
            return ExitCode.Unusable;
        }

        return ExitCode.Fine;
    }
}
