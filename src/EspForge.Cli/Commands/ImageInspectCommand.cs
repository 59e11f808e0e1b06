using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using EspForge.Ota;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge image inspect FILE [--json]</c>: exit code 0 for a sound image, 1 for one that is not, 2 where the file cannot be read.</summary>
internal static class ImageInspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An Espressif application image (.bin) or a host image." };
        var json = new Option<bool>("--json") { Description = "Write what it says as JSON." };
        var command = new Command("inspect", "Check an image's structure and hashes and say what it is. Exit code: 0 sound, 1 not, 2 the file cannot be read.") { file, json };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string path, bool asJson, TextWriter output, TextWriter error)
    {
        if (!ReleaseFiles.Image(path).TryGet(out var image, out var fault)) return ReleaseFiles.Refuse(fault, path, error);
        if (asJson)
        {
            output.WriteLine(Json(image));
            return ExitCode.Fine;
        }

        output.WriteLine($"format          {(image.Format == ImageFormat.Esp ? "esp" : "host")}");
        output.WriteLine($"chip            {image.Chip}");
        output.WriteLine($"project         {image.Project}");
        output.WriteLine($"version         {image.Version}{(SemVersion.IsValid(image.Version) ? "" : " (not SemVer 2.0: it cannot be released)")}");
        if (image.AgentVersion is not null) output.WriteLine($"agent version   {image.AgentVersion}");
        if (image.Format == ImageFormat.Esp) output.WriteLine($"secure version  {image.SecureVersion}");
        output.WriteLine($"size            {image.SizeBytes} bytes");
        output.WriteLine($"SHA-256         {image.Sha256}");
        return ExitCode.Fine;
    }

    private static string Json(ImageInfo image)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("sha256", image.Sha256);
            json.WriteString("format", image.Format == ImageFormat.Esp ? "esp" : "host");
            json.WriteString("chip", image.Chip);
            json.WriteString("project", image.Project);
            json.WriteString("version", image.Version);
            json.WriteString("agentVersion", image.AgentVersion);
            json.WriteNumber("secureVersion", image.SecureVersion);
            json.WriteNumber("sizeBytes", image.SizeBytes);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
