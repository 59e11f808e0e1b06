using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EspForge.Build;

/// <summary>The calls of Linux that .NET has no name for: opening without following links, giving files to another user, signals.</summary>
internal static partial class SystemCalls
{
    public const int CurrentDirectory = -100;

    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;
    private const int NonBlocking = 0x800;
    private const int EmptyPath = 0x1000;
    private const int NoFollowLast = 0x100;
    private const uint TypeAndOwner = 0x0001 | 0x0002 | 0x0008 | 0x0010 | 0x0200;
    private const int KillSignal = 9;

    // asm-generic and x86 differ in these two (fcntl.h).
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    private static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    private static int NoFollow => IsArm ? 0x8000 : 0x20000;

    /// <summary>What kind of thing a file is, who owns it, and its size in bytes.</summary>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct FileFacts(bool IsRegular, uint UserId, long SizeBytes);

    public static uint UserId => geteuid();

    public static uint GroupId => getegid();

    public static void Kill(int processId) => _ = kill(processId, KillSignal);

    /// <summary>A directory below another, or the handle of <paramref name="parent"/> = <see cref="CurrentDirectory"/> and an absolute path; no link is followed in its last segment.</summary>
    public static SafeFileHandle? OpenDirectory(int parent, string name)
    {
        var handle = openat(parent, name, PathOnly | DirectoryOnly | NoFollow | CloseOnExec, 0);
        return handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);
    }

    /// <summary>A file in a directory, for reading; <see langword="null"/> where it is not there or is a link. Does not wait on a pipe.</summary>
    public static SafeFileHandle? OpenFile(int parent, string name)
    {
        var handle = openat(parent, name, NoFollow | NonBlocking | CloseOnExec, 0);
        return handle < 0 ? null : new SafeFileHandle(handle, ownsHandle: true);
    }

    public static FileFacts? Facts(SafeFileHandle handle) => Facts((int)handle.DangerousGetHandle(), "", EmptyPath);

    /// <summary>Facts of a path itself, should it be a link.</summary>
    public static FileFacts? Facts(string path) => Facts(CurrentDirectory, path, NoFollowLast);

    /// <summary>Gives a path to another user and group; a link itself, never what it points to.</summary>
    public static bool Give(string path, uint user) => lchown(path, user, user) == 0;

    private static FileFacts? Facts(int directory, string path, int flags)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (statx(directory, path, flags, TypeAndOwner, ref MemoryMarshal.GetReference(buffer)) != 0)
            return null;
        // struct statx (statx(2)): uid at 20, mode at 28, size at 40; the same on every architecture.
        var mode = MemoryMarshal.Read<ushort>(buffer[28..]);
        return new FileFacts((mode & 0xF000) == 0x8000, MemoryMarshal.Read<uint>(buffer[20..]), MemoryMarshal.Read<long>(buffer[40..]));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int statx(int directory, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int lchown(string path, uint user, uint group);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint getegid();
}
