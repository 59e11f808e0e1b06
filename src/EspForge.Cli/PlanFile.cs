using System.Text;
using EspForge.PinRules;

namespace EspForge.Cli;

/// <summary>Reads plans, and texts to import, from a file or from standard input for <c>-</c>; writes generated files.</summary>
internal static class PlanFile
{
    // UTF-8 of a text that an import accepts takes at most this.
    private const int MaxTextBytes = PinImport.MaxText * 3;

    /// <summary>Reads a plan. The message of a fault starts with the file, and where it is about a place in it, with line and column.</summary>
    public static Outcome<(byte[] Json, PinPlan Plan)> Read(string path)
    {
        if (!ReadBytes(path).TryGet(out var json, out var fault))
            return fault with { Message = $"{path}: {fault.Message}" };
        if (!PinPlanReader.Read(json).TryGet(out var plan, out fault))
            return fault with { Message = $"{PlanPlace.Of(path, json, fault.Message)}: {fault.Message}" };
        return (json, plan);
    }

    /// <summary>The bytes of a plan. One byte more than allowed is enough to see that a file is too large.</summary>
    private static Outcome<byte[]> ReadBytes(string path) => ReadBytes(path, PinPlanReader.MaxBytes);

    public static Outcome<string> ReadText(string path)
    {
        if (!ReadBytes(path, MaxTextBytes).TryGet(out var bytes, out var fault))
            return fault;
        var text = Encoding.UTF8.GetString(bytes);
        return text.StartsWith('\ufeff') ? text[1..] : text;
    }

    /// <summary>Writes a file in one step: a reader sees the old text or the new one. Leaves it alone where nothing changes.</summary>
    public static Fault? Write(string path, string text)
    {
        var next = path + ".espforge-new";
        try
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                return null;
            File.WriteAllBytes(next, bytes);
            File.Move(next, path, overwrite: true);
            return null;
        }
        catch (Exception error) when (IsRefusal(error))
        {
            return new Fault("file-unwritable", error.Message);
        }
    }

    private static Outcome<byte[]> ReadBytes(string path, int max)
    {
        try
        {
            using var stream = path is "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            var buffer = new byte[max + 1];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return buffer[..length];
        }
        catch (Exception error) when (IsRefusal(error))
        {
            return new Fault("file-unreadable", error.Message);
        }
    }

    private static bool IsRefusal(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException;
}
