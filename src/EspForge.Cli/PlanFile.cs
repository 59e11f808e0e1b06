using EspForge.PinRules;

namespace EspForge.Cli;

/// <summary>Reads a plan from a file, or from standard input for <c>-</c>.</summary>
internal static class PlanFile
{
    public static Outcome<PinPlan> Read(string path)
    {
        var bytes = ReadBytes(path);
        return bytes.TryGet(out var json, out var fault) ? PinPlanReader.Read(json) : fault;
    }

    // One byte more than allowed is enough to see that a file is too large.
    private static Outcome<byte[]> ReadBytes(string path)
    {
        try
        {
            using var stream = path is "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            var buffer = new byte[PinPlanReader.MaxBytes + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..length];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return new Fault("file-unreadable", error.Message);
        }
    }
}
