package bank.service;

public interface AccountService {

    Account get(String number);

    /** Closes an account that holds no money; in the audit log with the person of the session. */
    void close(String number);
}
