using System.CommandLine;
using System.Globalization;
using EspForge.Cli.Server;

namespace EspForge.Cli.Commands;

/// <summary><c>espforge push FILE</c>: the image is looked at here first, then sent. An image that is there already is the same image.</summary>
internal static class PushCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "An Espressif application image (.bin) or a host image." };
        var command = new Command("push", "Send an image to a server. Exit code: 0 it is there, 1 it is no sound image or was refused, 2 not usable, 3 the server cannot be reached.") { file };
        return StudioCommand.Create(command, call => RunAsync(call, call.Parsed.GetRequiredValue(file)));
    }

    private static async Task<int> RunAsync(StudioCall call, string path)
    {
        if (!ReleaseFiles.Image(path).TryGet(out var here, out var fault))
            return ReleaseFiles.Refuse(fault, path, call.Error);
        var content = await File.ReadAllBytesAsync(path, call.Cancel);
        if (!(await call.Client.UploadAsync("images", Path.GetFileName(path), content, call.Cancel)).TryGet(out var image, out fault))
            return call.Refuse(fault);
        if (!string.Equals(image.Text("sha256"), here.Sha256, StringComparison.Ordinal))
            return call.Refuse(new Fault("image-changed", "The file changed while it was sent."));
        return call.Show(image, output => output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Fields.Plain(image.Text("project"))} {Fields.Plain(image.Text("version"))} for {image.Text("chip")}, {image.Number("sizeBytes"):N0} bytes\n{image.Text("sha256")}")));
    }
}
