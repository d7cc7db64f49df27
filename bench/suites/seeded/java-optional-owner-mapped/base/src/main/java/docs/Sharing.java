package docs;

import java.util.Optional;

public final class Sharing {

    private final Documents documents;
    private final Users users;
    private final Mailer mailer;

    public Sharing(Documents documents, Users users, Mailer mailer) {
        this.documents = documents;
        this.users = users;
        this.mailer = mailer;
    }

    public void share(String id, String with) {
        Document document = documents.get(id);
        document.addReader(with);
        documents.save(document);
    }

    /** Who answers for a document; owners who have left are removed after thirty days. */
    private Optional<User> ownerOf(Document document) {
        return users.find(document.ownerId());
    }
}
