using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace EspForge.Build;

/// <summary>
/// Which process of which system made something that outlives a process that is killed: told apart from those that run, and from those of other systems,
/// whose processes cannot be seen from here (other machines on one daemon, other process namespaces, before a restart of the machine).
/// </summary>
/// <param name="System">Eight hex digits of this start of the machine and the process namespace.</param>
/// <param name="Id">The process's number there.</param>
/// <param name="StartTicks">When it started, in clock ticks: a number is given out again, a number at one time is not.</param>
internal sealed partial record HostProcess(string System, int Id, long StartTicks)
{
    private static readonly Lazy<HostProcess> Own = new(() => new HostProcess(ThisSystem(), Environment.ProcessId, StartOf(Environment.ProcessId) ?? 0));

    /// <summary>This process.</summary>
    public static HostProcess Current => Own.Value;

    /// <summary>Whether it is of this system and has ended.</summary>
    public bool IsGone => string.Equals(System, Current.System, StringComparison.Ordinal) && StartOf(Id) != StartTicks;

    /// <summary>Finds the process in a name that holds one.</summary>
    public static HostProcess? Find(string name) =>
        Pattern().Match(name) is { Success: true } match
        && int.TryParse(match.Groups["id"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && long.TryParse(match.Groups["start"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? new HostProcess(match.Groups["system"].Value, id, start)
            : null;

    /// <summary>A process of this system, or <see langword="null"/> where there is none of that number.</summary>
    public static HostProcess? Running(int id) => StartOf(id) is { } start ? new HostProcess(Current.System, id, start) : null;

    /// <summary>When a process started, in clock ticks; <see langword="null"/> where it has ended, be it that nobody has asked for its exit code yet.</summary>
    public static long? StartOf(int id)
    {
        try
        {
            // proc(5): after the name, which is in parentheses and may hold anything, the state is field 3 and the start field 22.
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = text[(text.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > 19 && fields[0] is not ("Z" or "X") && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var start) ? start : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The word for it in names: <c>1a2b3c4d-4711-123456</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{System}-{Id}-{StartTicks}");

    private static string ThisSystem()
    {
        try
        {
            var text = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() + new FileInfo("/proc/self/ns/pid").LinkTarget;
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nobody's: nothing of it is ever taken for gone, by this process or another.
            return Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        }
    }

    [GeneratedRegex(@"\Aespforge-(?<system>[0-9a-f]{8})-(?<id>[0-9]{1,10})-(?<start>[0-9]{1,19})-[0-9a-f]{16}\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Pattern();
}
